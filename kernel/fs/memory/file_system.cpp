// A file system that lives in memory: its limits and what is used of them.
#include "kernel/fs/memory/file_system.hpp"

#include "kernel/fs/memory/directory.hpp"

#include <algorithm>

namespace memfs {

namespace {

constexpr u64 magic = 0x01021994; // TMPFS_MAGIC

/// Adds one unless that would pass `limit` (0: no limit).
bool take_one(Atomic<u64>& used, u64 limit) {
    u64 seen = used.load(MemoryOrder::relaxed);
    do {
        if (limit != 0 && seen >= limit)
            return false;
    } while (!used.compare_exchange(seen, seen + 1));
    return true;
}

} // namespace

MemoryFileSystem::MemoryFileSystem(std::string_view type, Limits const& limits, String options)
    : type_(type), limits_(limits), options_(std::move(options)) {}

Result<Ref<vfs::Inode>> MemoryFileSystem::root() {
    auto const guard = root_.lock();
    Ref<vfs::Inode>& root = *guard;
    if (!root) {
        vfs::Attributes attributes;
        attributes.kind = vfs::Kind::directory;
        attributes.permissions = limits_.root_permissions;
        attributes.uid = limits_.uid;
        attributes.gid = limits_.gid;
        root = make_ref<Directory>(*this, attributes, TRY(InodeShare::reserve(*this)));
    }
    return root;
}

void MemoryFileSystem::unmounted() noexcept {
    Ref<vfs::Inode> dropped;
    dropped.exchange(*root_.lock_even_poisoned());
}

vfs::Statistics MemoryFileSystem::statistics() {
    vfs::Statistics statistics;
    statistics.magic = magic;
    statistics.blocks = limits_.pages;
    statistics.files = limits_.inodes;
    if (limits_.pages != 0)
        statistics.blocks_free = limits_.pages - std::min(limits_.pages, used_pages_.load());
    if (limits_.inodes != 0)
        statistics.files_free = limits_.inodes - std::min(limits_.inodes, used_inodes_.load());
    return statistics;
}

Result<void> MemoryFileSystem::reserve_inode() {
    if (!take_one(used_inodes_, limits_.inodes))
        return fail(Errno::enospc);
    return {};
}

Result<void> MemoryFileSystem::reserve_page() {
    if (!take_one(used_pages_, limits_.pages))
        return fail(Errno::enospc);
    return {};
}

void MemoryFileSystem::release_inode() noexcept {
    used_inodes_.fetch_sub(1);
}

void MemoryFileSystem::release_pages(u64 count) noexcept {
    used_pages_.fetch_sub(count);
}

} // namespace memfs
