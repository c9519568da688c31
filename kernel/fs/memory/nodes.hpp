// Inodes in memory that are no directories: files, symbolic links, and nodes for devices, FIFOs and
// sockets.
#pragma once

#include "kernel/fs/memory/file_system.hpp"
#include "kernel/vfs/paged_inode.hpp"

namespace memfs {

class Pages final : public vfs::FilePages {
public:
    explicit Pages(MemoryFileSystem& file_system)
        : file_system_(Ref<MemoryFileSystem>::share(&file_system)) {}

    ~Pages() override { file_system_->release_pages(pages()); }

protected:
    Result<void> reserve_page() override { return file_system_->reserve_page(); }

    void release_pages(u64 count) noexcept override { file_system_->release_pages(count); }

private:
    Ref<MemoryFileSystem> file_system_;
};

class RegularFile final : public vfs::PagedInode {
public:
    RegularFile(MemoryFileSystem& file_system, vfs::Attributes const& attributes, InodeShare share)
        : PagedInode(file_system, attributes, make_ref<Pages>(file_system)),
          share_(std::move(share)) {}

private:
    InodeShare share_;
};

class SymbolicLink final : public vfs::Inode {
public:
    SymbolicLink(MemoryFileSystem& file_system, vfs::Attributes const& attributes, InodeShare share,
                 String target)
        : Inode(file_system, attributes), share_(std::move(share)), target_(std::move(target)) {}

    Result<vfs::LinkTarget> read_link(vfs::Credentials const&) override {
        return vfs::LinkTarget(target_);
    }

private:
    InodeShare share_;
    String target_;
};

/// A device, FIFO or socket: the VFS opens what it names.
class Node final : public vfs::Inode {
public:
    Node(MemoryFileSystem& file_system, vfs::Attributes const& attributes, InodeShare share)
        : Inode(file_system, attributes), share_(std::move(share)) {}

private:
    InodeShare share_;
};

} // namespace memfs
