// Names of ranks, for reports of locks taken in the wrong order.
#include "kernel/sync/rank.hpp"

namespace ksync {

char const* rank_name(Rank rank) {
    switch (rank) {
    case Rank::core_device:
        return "core_device";
    case Rank::attributes:
        return "attributes";
    case Rank::file_locks:
        return "file_locks";
    case Rank::rename:
        return "rename";
    case Rank::epoll:
        return "epoll";
    case Rank::pid_table:
        return "pid_table";
    case Rank::process:
        return "process";
    case Rank::descriptors:
        return "descriptors";
    case Rank::signals:
        return "signals";
    case Rank::futex:
        return "futex";
    case Rank::mounts:
        return "mounts";
    case Rank::directory:
        return "directory";
    case Rank::inode:
        return "inode";
    case Rank::open_file:
        return "open_file";
    case Rank::pipe:
        return "pipe";
    case Rank::tty:
        return "tty";
    case Rank::dentries:
        return "dentries";
    case Rank::address_space:
        return "address_space";
    case Rank::mappings:
        return "mappings";
    case Rank::page_cache:
        return "page_cache";
    case Rank::kernel_areas:
        return "kernel_areas";
    case Rank::device:
        return "device";
    case Rank::device_list:
        return "device_list";
    case Rank::random_pool:
        return "random_pool";
    case Rank::timers:
        return "timers";
    case Rank::wait_queue:
        return "wait_queue";
    case Rank::run_queue:
        return "run_queue";
    case Rank::heap:
        return "heap";
    case Rank::frames:
        return "frames";
    case Rank::page_table:
        return "page_table";
    case Rank::log:
        return "log";
    }
    return "?";
}

} // namespace ksync
