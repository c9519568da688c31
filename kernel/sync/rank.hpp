// Every lock's rank: a thread may take a lock only if its rank is greater than all it holds.
#pragma once

#include "libs/base/types.hpp"

namespace ksync {

/// Outermost first. Two locks of one rank are taken by lock_pair() only.
enum class Rank : u8 {
    core_device, ///< one core dump's way to the host
    // vfs
    epoll,      ///< one epoll instance
    open_file,  ///< one open file's offset
    rename,     ///< one file system: moves between directories
    directory,  ///< one directory's names, across lookup and change
    inode,      ///< one file's size and contents
    file_locks, ///< one inode's advisory locks
    pipe,       ///< one pipe's buffer
    tty,        ///< one terminal's line discipline
    // process: inside of vfs, since /proc looks at processes and files raise signals; so no file or
    // address space may be released under these
    pid_table,   ///< pid -> process and thread maps, parent/child links, groups, sessions
    process,     ///< one process: limits, credentials, children's statuses
    descriptors, ///< one descriptor table
    signals,     ///< one process's pending signals and handlers
    futex,       ///< one bucket of waiting futexes
    // vfs again: spinning
    mounts,   ///< the mount tree (spinning)
    dentries, ///< the dentry cache (spinning)
    // mem
    address_space, ///< one address space's areas and page table
    page_cache,    ///< one object's pages
    mappings,      ///< which areas map one object (spinning)
    attributes,    ///< one inode's attributes (spinning)
    kernel_areas,  ///< kernel stacks and mapped devices
    // devices
    device,      ///< one device's state
    device_list, ///< registered devices and drivers
    // innermost: spinning
    random_pool,
    timers, ///< one CPU's timer queue
    wait_queue,
    run_queue,  ///< one CPU's run queue
    heap,       ///< one size class
    frames,     ///< the buddy allocator
    page_table, ///< the kernel half's tables
    log,        ///< the log ring: may be taken under anything
};

/// For reports.
char const* rank_name(Rank rank);

} // namespace ksync
