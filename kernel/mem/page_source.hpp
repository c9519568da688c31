// Where the pages of an area come from when they are not private copies: files, shared memory,
// devices.
#pragma once

#include "kernel/mem/frames.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/box.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

namespace mem {

class AddressSpace;
struct Area;

/// Implemented above mem (vfs gives files).
class PageSource : public RefCounted {
public:
    PageSource() = default;

    /// The page at `index` (in pages from the start of the object). With `writable` the one page
    /// that every shared mapping and every write(2) means, to be written in place; else any page
    /// with its contents. EFAULT beyond the end becomes SIGBUS; ENOMEM; EIO. May sleep; called with
    /// no lock held.
    virtual Result<Frame> page(u64 index, bool writable) = 0;
    /// Path or name for /proc/PID/maps.
    virtual String name() const = 0;

    /// MADV_REMOVE: forgets these pages, which then read as zeros. EOPNOTSUPP.
    virtual Result<void> punch_pages(u64, u64) { return fail(Errno::enotsup); }

    /// Whether the page is there without being made or brought in.
    virtual bool has_page(u64) { return false; }

    virtual u64 inode_number() const { return 0; }

    virtual u64 device_number() const { return 0; }

    enum class Copies { drop, keep };

    /// After pages [first, end) left the object: takes them out of every address space that maps
    /// them. Private copies go too when a file was truncated, and stay when a hole was punched. No
    /// lock of an address space or of the pages may be held.
    void unmap_pages(u64 first, u64 end, Copies copies);

    /// An area of `space` begins, or ceases, to show pages of this.
    void join(Area& area, AddressSpace* space);
    void leave(Area& area) noexcept;

private:
    /// The `next_mapping` links say what is in it.
    struct Mappings {
        Area* first = nullptr;

        bool recover();
    };

    void unlink(Area& area);
    void unlink_if_found(Area& area);

    ksync::SpinLocked<Mappings, ksync::Rank::mappings> mappings_;
};

/// Memory that mappings share and no file holds: MAP_SHARED | MAP_ANONYMOUS, and System V or memfd
/// objects. Pages appear zeroed when they are first touched.
class SharedMemory : public PageSource {
public:
    static Result<Ref<SharedMemory>> create(u64 pages);
    Result<Frame> page(u64 index, bool writable) override;
    Result<void> punch_pages(u64 first, u64 count) override;
    bool has_page(u64 index) override;

    String name() const override { return "/dev/zero (deleted)"; }

private:
    explicit SharedMemory(u64 pages) : pages_(pages) {}

    static constexpr usize frames_per_group = page_size / sizeof(Frame);

    struct Group {
        Frame frames[frames_per_group];
    };

    struct Groups : Vector<Box<Group>> {
        /// A bug leaves nothing half done: a page or a group is there, or not.
        static bool recover() { return true; }
    };

    u64 pages_;
    ksync::SleepLocked<Groups, ksync::Rank::page_cache> groups_;
};

} // namespace mem
