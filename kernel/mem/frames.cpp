// Frames: counted pages out of per-CPU caches over the buddy allocator.
#include "kernel/mem/frames.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/buddy.hpp"
#include "kernel/mem/testing.hpp"
#include "kernel/mem/zero_page.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>

namespace mem {
namespace {

constinit ksync::IrqLocked<Buddy, ksync::Rank::frames> buddy;

/// One CPU's free frames and its part of the statistics. Touched only by that CPU, with interrupts
/// off; other CPUs read the numbers.
struct alignas(64) CpuCache {
    static constexpr usize capacity = 64;
    static constexpr usize batch = 32;
    static constexpr u32 batch_order = 5; ///< a batch is one block, where there is such a one
    Atomic<u32> count;
    u32 frames[capacity] = {};
    Atomic<isize> used[use_count];
};

constinit CpuCache caches[arch::max_cpus];
constinit Atomic<i64> until_failure{-1};

CpuCache& this_cache() {
    return caches[arch::cpu_index()];
}

template <class T>
void add(Atomic<T>& counter, T by) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

VITAL void count_use(Use use, isize pages) noexcept {
    arch::InterruptsOff const off;
    add(this_cache().used[static_cast<usize>(use)], pages);
}

/// Moves a batch from the buddy allocator into the cache.
VITAL bool refill(CpuCache& cache) noexcept {
    auto const inside = buddy.lock_even_poisoned();
    u32 count = cache.count.load(std::memory_order_relaxed);
    if (auto const block = inside->allocate(CpuCache::batch_order)) {
        Page* const pages = &page_of(*block); // one chunk's, so one array's
        for (u32 i = CpuCache::batch; i-- > 0;) {
            pages[i].state = Page::State::cached;
            cache.frames[count++] = frame_number(*block) + i;
        }
    }
    while (count < CpuCache::batch) {
        auto const frame = inside->allocate(0);
        if (!frame)
            break;
        page_of(*frame).state = Page::State::cached;
        cache.frames[count++] = frame_number(*frame);
    }
    cache.count.store(count, std::memory_order_relaxed);
    return count != 0;
}

VITAL void drain(CpuCache& cache, u32 keep) noexcept {
    auto const inside = buddy.lock_even_poisoned();
    u32 count = cache.count.load(std::memory_order_relaxed);
    while (count > keep)
        inside->free(frame_address(cache.frames[--count]), 0);
    cache.count.store(count, std::memory_order_relaxed);
}

/// One page that is nobody's; no reclaim.
VITAL bool take_page(PhysAddr& at, Use use) noexcept {
    arch::InterruptsOff const off;
    CpuCache& cache = this_cache();
    if (cache.count.load(std::memory_order_relaxed) == 0 && !refill(cache))
        return false;
    u32 const left = cache.count.load(std::memory_order_relaxed) - 1;
    cache.count.store(left, std::memory_order_relaxed);
    at = frame_address(cache.frames[left]);
    add(cache.used[static_cast<usize>(use)], isize{1});
    return true;
}

VITAL void put_page(PhysAddr at, Page& page, Use use) noexcept {
    poison_pages(at, 1);
    page.state = Page::State::cached;
    arch::InterruptsOff const off;
    CpuCache& cache = this_cache();
    add(cache.used[static_cast<usize>(use)], isize{-1});
    if (cache.count.load(std::memory_order_relaxed) == CpuCache::capacity)
        drain(cache, CpuCache::batch);
    u32 const count = cache.count.load(std::memory_order_relaxed);
    cache.frames[count] = frame_number(at);
    cache.count.store(count + 1, std::memory_order_relaxed);
}

/// Reclaimers may take time and free through this allocator: only where the caller could wait.
bool may_reclaim() {
    return arch::interrupts_enabled() && arch::preemption_depth() == 0 && !arch::in_interrupt();
}

Bytes bytes_at(PhysAddr at, usize pages) {
    return {pointer_to<std::byte>(arch::direct_map(at)), pages * page_size};
}

} // namespace

Frame::Frame(Frame const& other) : at_(other.at_) {
    if (at_ != PhysAddr())
        page_of(at_).shares.fetch_add(1, std::memory_order_relaxed);
}

void Frame::drop() noexcept {
    Page& page = page_of(at_);
    if (page.shares.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
    if (page.account != nullptr)
        page.account->refund(1);
    put_page(at_, page, page.use);
}

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
    Page& page = page_of(at);
    page.state = Page::State::frame;
    page.use = use;
    page.account = account;
    page.shares.store(1, std::memory_order_relaxed);
    unpoison_pages(at, 1);
    if (fill == Fill::zeroed)
        zero_bytes(bytes_at(at, 1));
    return adopt(at);
}

Frame Frame::share(PhysAddr at) {
    Page& page = page_of(at);
    ensure(page.state == Page::State::frame && page.shares.load() != 0,
           "sharing a frame that nobody holds");
    page.shares.fetch_add(1, std::memory_order_relaxed);
    return adopt(at);
}

Bytes Frame::bytes() const {
    ensure(at_ != PhysAddr(), "empty Frame");
    return bytes_at(at_, 1);
}

u32 Frame::shares() const {
    return page_of(at_).shares.load(std::memory_order_acquire);
}

Result<PhysAddr> allocate_run(u32 order, Fill fill, Use use) {
    if (testing::must_fail())
        return fail(Errno::enomem);
    std::optional<PhysAddr> start;
    for (;;) {
        start = buddy.lock_even_poisoned()->allocate(order);
        if (start)
            break;
        {
            arch::InterruptsOff const off;
            drain(this_cache(), 0);
        }
        start = buddy.lock_even_poisoned()->allocate(order);
        if (start)
            break;
        if (order > max_order || !may_reclaim() || Reclaimer::reclaim(usize{1} << order) == 0)
            return fail(Errno::enomem);
    }
    usize const pages = usize{1} << order;
    for (usize i = 0; i < pages; ++i) {
        Page& page = page_of(*start + i * page_size);
        page.state = i == 0 ? Page::State::run : Page::State::run_tail;
        page.use = use;
        page.account = nullptr;
    }
    count_use(use, static_cast<isize>(pages));
    unpoison_pages(*start, pages);
    if (fill == Fill::zeroed)
        zero_bytes(bytes_at(*start, pages));
    return *start;
}

VITAL void free_run_pages(PhysAddr start, usize pages) noexcept {
    Page& head = page_of(start);
    ensure(head.state == Page::State::run, "free_run of what is not a run");
    count_use(head.use, -static_cast<isize>(pages));
    head.state = Page::State::inside;
    poison_pages(start, pages);
    buddy.lock_even_poisoned()->free_range(start, start + pages * page_size);
}

VITAL void free_run(PhysAddr start, u32 order) noexcept {
    free_run_pages(start, usize{1} << order);
}

VITAL void trim_run(PhysAddr start, u32 order, usize pages) noexcept {
    usize const whole = usize{1} << order;
    ensure(pages != 0 && pages <= whole, "trim_run beyond the run");
    if (pages == whole)
        return;
    PhysAddr const rest = start + pages * page_size;
    page_of(rest).state = Page::State::run;
    page_of(rest).use = page_of(start).use;
    free_run_pages(rest, whole - pages);
}

FrameStatistics frame_statistics() {
    usize used[use_count] = {};
    usize cached = 0;
    for (auto const& cache : caches) {
        cached += cache.count.load(std::memory_order_relaxed);
        for (usize i = 0; i < use_count; ++i)
            used[i] += static_cast<usize>(cache.used[i].load(std::memory_order_relaxed));
    }
    auto const inside = buddy.lock();
    return {.total = inside->total_pages(),
            .free = inside->free_pages() + cached,
            .user = used[static_cast<usize>(Use::user)],
            .page_cache = used[static_cast<usize>(Use::page_cache)],
            .page_tables = used[static_cast<usize>(Use::page_table)],
            .kernel_heap = used[static_cast<usize>(Use::heap)],
            .kernel_stacks = used[static_cast<usize>(Use::stack)]};
}

usize managed_pages() noexcept {
    return buddy.lock_even_poisoned()->total_pages();
}

void initialise_frames() {
    ensure(buddy.lock()->total_pages() != 0, "the boot loader named no usable memory");
    make_zero_page();
}

void release_boot_memory(PhysAddr start, PhysAddr end) {
    buddy.lock()->add_memory(start, end);
}

namespace testing {

void fail_after(i64 count) noexcept {
    until_failure.store(count);
}

i64 left_to_failure() noexcept {
    return until_failure.load();
}

VITAL bool must_fail() noexcept {
    if (until_failure.load(std::memory_order_relaxed) < 0) [[likely]]
        return false;
    return until_failure.fetch_sub(1) == 0;
}

void reset_memory() noexcept {
    reset_stacks();
    reset_areas();
    reset_heap();
    sections::reset();
    *buddy.lock_even_poisoned() = Buddy();
    for (auto& cache : caches) {
        cache.count.store(0);
        for (auto& used : cache.used)
            used.store(0);
    }
}

} // namespace testing
} // namespace mem

namespace upcall {

Result<PhysAddr> allocate_table_frame() noexcept {
    auto frame = mem::Frame::allocate(mem::Fill::zeroed, mem::Use::page_table);
    if (!frame)
        return fail(Errno::enomem);
    return std::move(*frame).leak();
}

void free_table_frame(PhysAddr frame) noexcept {
    mem::Frame::adopt(frame);
}

} // namespace upcall
