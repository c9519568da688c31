// PagedInode: a regular file whose bytes go through the page cache.
#pragma once

#include "kernel/vfs/file.hpp"
#include "kernel/vfs/page_cache.hpp"

namespace vfs {

/// What the lock of a file's contents protects.
struct Contents {
    FilePages& pages;

    bool recover() {
        pages.drop_beyond_end();
        return true;
    }
};

/// What a file system with regular files derives its inode from: it brings the FilePages.
class PagedInode : public Inode {
public:
    Attributes attributes() override;
    Result<Ref<File>> open(Place const& at, OpenFlags flags) override;
    Result<void> truncate(u64 size) override;

    FilePages& pages() const { return *pages_; }

    Ref<FilePages> const& shared_pages() const { return pages_; }

    /// Serialises writers and changes of the size. Held while user memory is copied: a page fault
    /// meanwhile needs only the page cache. After a bug amid a write what was written stands, as
    /// far as the size says.
    using ContentLock = ksync::SleepLocked<Contents, ksync::Rank::inode>;

    ContentLock& content_lock() { return content_lock_; }

protected:
    PagedInode(FileSystem& file_system, Attributes const& attributes, Ref<FilePages> pages)
        : Inode(file_system, attributes), pages_(std::move(pages)) {}

private:
    Ref<FilePages> pages_;
    ContentLock content_lock_{Contents{*pages_}};
};

} // namespace vfs
