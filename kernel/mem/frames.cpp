// Frames: counted pages out of per-CPU caches over the buddy allocator.
#include "kernel/mem/frames.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/cpu_cache.hpp"
#include "kernel/mem/testing.hpp"
#include "kernel/mem/zero_page.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

namespace mem {
namespace {

constinit Atomic<i64> until_failure{-1};
constinit Atomic<i64> until_bug{-1};

/// For a frame whose last share is gone.
void free_frame(PhysAddr at, Page& page) {
    if (page.account != nullptr) {
        page.account->refund(1);
        page.account = nullptr;
    }
    put_page(at, page, page.use);
}

void drop_share(PhysAddr at) {
    Page& page = page_of(at);
    testing::may_fail();
    if (page.shares.fetch_sub(1, MemoryOrder::acq_rel) == 1)
        free_frame(at, page);
}

/// After a bug in drop_share(). A frame without shares that is not free yet is ours alone; while it
/// has some, ours is one of them.
[[gnu::noinline, gnu::cold]] void drop_again(PhysAddr at) noexcept {
    persist([at] {
        Page& page = page_of(at);
        if (page.shares.load() != 0)
            drop_share(at);
        else if (page.state == Page::State::frame)
            free_frame(at, page);
    });
}

} // namespace

Frame::Frame(Frame const& other) : at_(other.at_) {
    if (at_ != PhysAddr())
        page_of(at_).shares.fetch_add(1, MemoryOrder::relaxed);
}

void Frame::drop() noexcept {
    try {
        drop_share(at_);
    } catch (KernelBug const& bug) {
        doom_task(bug.what);
        drop_again(at_);
    }
}

namespace {

/// Makes a page from the cache a frame of one share.
void begin_frame(PhysAddr at, Fill fill, Use use, Account* account) {
    Page& page = page_of(at);
    testing::may_fail();
    page.use = use;
    page.account = account;
    page.shares.store(1, MemoryOrder::relaxed);
    page.state = Page::State::frame;
    unpoison_pages(at, 1);
    testing::may_fail();
    if (fill == Fill::zeroed)
        zero_bytes(bytes_at(at, 1));
}

/// After a bug in begin_frame().
[[gnu::noinline, gnu::cold]] void undo_frame(PhysAddr at, Use use, Account* account) noexcept {
    persist([=] {
        Page& page = page_of(at);
        page.account = nullptr;
        page.shares.store(0, MemoryOrder::relaxed);
        put_page(at, page, use);
    });
    if (account != nullptr)
        account->refund(1);
}

} // namespace

Result<Frame> Frame::allocate(Fill fill, Use use, Account* account) {
    if (testing::must_fail())
        return fail(Errno::enomem);
    if (account != nullptr && !account->charge(1))
        return fail(Errno::enomem);
    PhysAddr at;
    while (!take_page(at, use)) {
        if (may_reclaim() && Reclaimer::reclaim(CpuCache::batch) != 0)
            continue;
        if (account != nullptr)
            account->refund(1);
        return fail(Errno::enomem);
    }
    try {
        begin_frame(at, fill, use, account);
        return adopt(at);
    } catch (...) {
        undo_frame(at, use, account);
        throw;
    }
}

Frame Frame::share(PhysAddr at, Page& page) {
    ensure(page.state == Page::State::frame && page.shares.load() != 0,
           "sharing a frame that nobody holds");
    Frame frame = adopt(at);
    try {
        page.shares.fetch_add(1, MemoryOrder::relaxed);
    } catch (...) {
        (void)std::move(frame).leak(); // it has none
        throw;
    }
    return frame;
}

Bytes Frame::bytes() const {
    ensure(at_ != PhysAddr(), "empty Frame");
    return bytes_at(at_, 1);
}

u32 Frame::shares() const {
    return page_of(at_).shares.load(MemoryOrder::acquire);
}

void initialise_frames() {
    ensure(managed_pages() != 0, "the boot loader named no usable memory");
    make_zero_page();
}

namespace testing {

void fail_after(i64 count) noexcept {
    until_failure.store(count);
}

i64 left_to_failure() noexcept {
    return until_failure.load();
}

bool must_fail() noexcept {
    if (until_failure.load(MemoryOrder::relaxed) < 0) [[likely]]
        return false;
    return until_failure.fetch_sub(1) == 0;
}

void bug_after(i64 count) noexcept {
    until_bug.store(count);
}

i64 left_to_bug() noexcept {
    return until_bug.load();
}

void fail_step() {
    if (until_bug.load(MemoryOrder::relaxed) >= 0 && until_bug.fetch_sub(1) == 0)
        panic("a test's bug in the middle of a change");
}

} // namespace testing
} // namespace mem

namespace upcall {

Result<PhysAddr> allocate_table_frame() {
    auto frame = mem::Frame::allocate(mem::Fill::zeroed, mem::Use::page_table);
    if (!frame)
        return fail(Errno::enomem);
    return std::move(*frame).leak();
}

void free_table_frame(PhysAddr frame) noexcept {
    mem::Frame::adopt(frame);
}

// Chained by their descriptors, as tables have no room for a link, and to look for them in each
// other takes longer than all else that is done to them.

Result<PhysAddr> allocate_table_frame(PhysAddr& last) {
    auto frame = mem::Frame::allocate(mem::Fill::zeroed, mem::Use::page_table);
    if (!frame)
        return fail(Errno::enomem);
    mem::page_of(frame->address()).next = mem::frame_number(last);
    PhysAddr const at = std::move(*frame).leak();
    try {
        last = at;
    } catch (...) {
        mem::Frame::adopt(at);
        throw;
    }
    return at;
}

void free_table_frames(PhysAddr last) noexcept {
    persist([&last] {
        while (last != PhysAddr()) {
            PhysAddr const at = last;
            last = mem::frame_address(mem::page_of(at).next);
            mem::Frame::adopt(at);
        }
    });
}

} // namespace upcall
