// A file system that lives in memory: its limits and what is used of them. tmpfs and devtmpfs are
// made of it.
#pragma once

#include "kernel/vfs/file_system.hpp"

namespace memfs {

struct Limits {
    u64 pages = 0;  ///< 0: none
    u64 inodes = 0; ///< 0: none
    u32 root_permissions = 01777;
    Uid uid{};
    Gid gid{};
};

class MemoryFileSystem : public vfs::FileSystem {
public:
    MemoryFileSystem(std::string_view type, Limits const& limits, String options);

    std::string_view type() const override { return type_; }

    Result<Ref<vfs::Inode>> root() override;
    vfs::Statistics statistics() override;

    String options() const override { return options_; }

    void unmounted() noexcept override;

    /// ENOSPC beyond the limits.
    Result<void> reserve_inode();
    Result<void> reserve_page();
    void release_inode() noexcept;
    void release_pages(u64 count) noexcept;

private:
    std::string_view type_; ///< static text
    Limits limits_;
    String options_;
    Atomic<u64> used_pages_{0};
    Atomic<u64> used_inodes_{0};
    ksync::SleepLocked<ksync::Independent<Ref<vfs::Inode>>, ksync::Rank::inode> root_;
};

/// One inode's share of the limit, given back with the inode.
class InodeShare {
public:
    static Result<InodeShare> reserve(MemoryFileSystem& file_system) {
        TRY(file_system.reserve_inode());
        return InodeShare(file_system);
    }

    InodeShare(InodeShare&&) = default;
    InodeShare& operator=(InodeShare&&) = delete;

    ~InodeShare() {
        if (auto* const owner = file_system_.raw())
            owner->release_inode();
    }

private:
    explicit InodeShare(MemoryFileSystem& file_system)
        : file_system_(Ref<MemoryFileSystem>::share(&file_system)) {}

    Ref<MemoryFileSystem> file_system_;
};

} // namespace memfs
