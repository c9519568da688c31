// FilePages: the cached pages of one file, read and written in pieces and mapped into programs.
#pragma once

#include "kernel/mem/page_source.hpp"
#include "kernel/mem/transfer.hpp"
#include "kernel/sync/undo_log.hpp"
#include "kernel/vfs/page_tree.hpp"

namespace vfs {

/// All bytes of regular files go through one of these. Pages may be absent: then fill() provides
/// them, or they are holes that read as zeros. Never takes the inode's lock, so that a fault on a
/// mapping of the file may be resolved while the file is written.
class FilePages : public mem::PageSource {
public:
    u64 size() const { return size_.load(); }

    /// Bytes in [offset, size()).
    Result<usize> read(mem::Sink& into, u64 offset);
    /// Writes and grows, up to `limit`. The caller serialises writers. ENOSPC, EFBIG, ENOMEM: a
    /// short count when something was written.
    Result<usize> write(mem::Source& from, u64 offset, u64 limit = UINT64_MAX);
    /// Pages beyond are dropped, and the rest of the last page zeroed.
    void resize(u64 size); ///< also out of the programs that map them
    /// As resize() to what the size is, after a bug.
    void drop_beyond_end();
    /// FALLOC_FL_PUNCH_HOLE.
    void punch(u64 offset, u64 size);
    Result<void> allocate(u64 offset, u64 size);
    /// The first byte at or after `offset` that is (not) in a page that exists; size() if none.
    u64 find(u64 offset, bool data);

    u64 pages() const { return pages_.load(); }

    // mem::PageSource: all mappings of a file share this one source.
    Result<mem::Frame> page(u64 index, bool writable) override;
    String name() const override;

    Result<void> punch_pages(u64 first, u64 count) override {
        punch(first * page_size, count * page_size);
        return {};
    }

    bool has_page(u64 index) override;

    u64 inode_number() const override { return inode_number_.load(); }

    u64 device_number() const override { return device_number_.load(); }

    /// What /proc/PID/maps shows from now on.
    void label(String path, u64 inode, u64 device);

    /// Pages of all files, for /proc/meminfo.
    static u64 total_pages();

protected:
    FilePages() = default;
    ~FilePages() override;

    /// The page is not cached: its contents from below, or an empty Frame for a hole.
    virtual Result<mem::Frame> fill(u64 index);

    /// A page is about to be added: ENOSPC when the file system is full.
    virtual Result<void> reserve_page() { return {}; }

    virtual void release_pages(u64) noexcept {}

private:
    Result<mem::Frame> find_or_fill(u64 index);
    Result<mem::Frame> find_or_make(u64 index);

    struct Cached : PageTree {
        explicit Cached(FilePages& file) : owner(file) {}

        bool recover() {
            owner.count(recount());
            return true;
        }

        FilePages& owner;
    };

    struct Label {
        Box<String> path;
        ksync::UndoLog<2> undo;

        void begin_section() { undo.begin(); }

        bool recover() { return undo.roll_back(); }
    };

    void count(u64 now);
    void drop_from(PageTree& tree, u64 first, u64 end);

    ksync::SleepLocked<Cached, ksync::Rank::page_cache> tree_{*this};
    mutable ksync::SleepLocked<Label, ksync::Rank::page_cache> label_;
    Atomic<u64> inode_number_{0};
    Atomic<u64> device_number_{0};
    Atomic<u64> size_{0};
    Atomic<u64> pages_{0};
};

} // namespace vfs
