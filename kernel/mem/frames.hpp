// Physical memory in pages: allocation, sharing by count, and statistics.
#pragma once

#include "kernel/mem/account.hpp"
#include "kernel/mem/page.hpp"
#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/result.hpp"

#include <utility>

namespace mem {

enum class Fill { zeroed, any };

/// A share of one physical page. The last share frees it.
class Frame {
public:
    Frame() noexcept(false) = default;
    Frame(Frame const& other);

    Frame(Frame&& other) : at_(other.at_) { other.at_ = PhysAddr(); }

    Frame& operator=(Frame other) {
        owned::swap(at_, other.at_);
        return *this;
    }

    ~Frame() {
        if (at_ != PhysAddr())
            drop();
    }

    /// ENOMEM when nothing is free and nothing could be reclaimed.
    /// Charged to `account` until it is freed (nullptr: to nobody); ENOMEM beyond its limit.
    static Result<Frame> allocate(Fill fill = Fill::zeroed, Use use = Use::user,
                                  Account* account = nullptr);

    /// Takes over a share that exists already, e.g. a page table entry's.
    static Frame adopt(PhysAddr at) {
        Frame frame;
        frame.at_ = at;
        return frame;
    }

    /// Adds a share to a frame that somebody holds.
    static Frame share(PhysAddr at) { return share(at, page_of(at)); }

    /// The same for who has its descriptor at hand.
    static Frame share(PhysAddr at, Page& page);

    explicit operator bool() const { return at_ != PhysAddr(); }

    PhysAddr address() const { return at_; }

    /// Its bytes through the direct map.
    Bytes bytes() const;
    u32 shares() const;

    /// Gives the share away; somebody must adopt() the address later.
    [[nodiscard]] PhysAddr leak() && { return owned::exchange(at_, PhysAddr()); }

private:
    void drop() noexcept;

    PhysAddr at_; ///< zero: empty; frame 0 is never handed out
};

/// 2^order physically consecutive pages, for devices. Not counted: free with free_run().
Result<PhysAddr> allocate_run(u32 order, Fill fill = Fill::zeroed, Use use = Use::other);
void free_run(PhysAddr start, u32 order) noexcept;
/// Keeps the first `pages` of a run and frees the rest. free_run_pages() frees what remains.
void trim_run(PhysAddr start, u32 order, usize pages) noexcept;
void free_run_pages(PhysAddr start, usize pages) noexcept;

struct FrameStatistics {
    usize total; ///< pages managed
    usize free;
    usize user;       ///< pages of programs that belong to no file
    usize page_cache; ///< pages that hold file contents
    usize page_tables;
    usize kernel_heap;
    usize kernel_stacks;
};

FrameStatistics frame_statistics();
/// FrameStatistics::total alone, which is cheap.
usize managed_pages();

/// Somebody who can give frames back when memory runs out, such as a cache. Links itself into a
/// list for good.
class Reclaimer {
public:
    /// Frees about `wanted` pages; returns how many it did. May be called from any thread that
    /// allocates, with any sleeping lock held: it may only try locks, never wait for one.
    using Reclaim = usize (*)(usize wanted) noexcept;

    constexpr explicit Reclaimer(Reclaim function) : reclaim_(function) {}

    Reclaimer(Reclaimer const&) = delete;
    Reclaimer& operator=(Reclaimer const&) = delete;

    void enroll();
    /// Asks all of them until `wanted` pages were freed.
    static usize reclaim(usize wanted) noexcept;

private:
    Reclaim reclaim_;
    Reclaimer* next_ = nullptr;
};

/// Builds the allocator from arch::boot_info(); cost does not grow with memory size.
void initialise_frames();
/// Hands a range of the boot map over after its reader is done (the initrd).
void release_boot_memory(PhysAddr start, PhysAddr end);

} // namespace mem
