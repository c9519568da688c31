// Runs: physically consecutive pages, straight from the buddy allocator.
#include "kernel/mem/cpu_cache.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/testing.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

namespace mem {
namespace {

/// Sets `start`, unless there is no such block.
[[gnu::noinline]] void take_run_once(u32 order, PhysAddr& start) {
    auto const inside = buddy.lock_even_poisoned();
    Change change(inside->changes());
    auto const block = inside->allocate(order);
    if (!block)
        return;
    inside->changes().set(start, *block);
    change.keep();
}

bool take_run(u32 order, PhysAddr& start) noexcept {
    do
        persist([&] { take_run_once(order, start); });
    while (start == PhysAddr() && order <= max_order && grow());
    return start != PhysAddr();
}

void begin_run(PhysAddr start, usize pages, Fill fill, Use use) {
    for (usize i = 0; i < pages; ++i) {
        Page& page = page_of(start + i * page_size);
        page.state = i == 0 ? Page::State::run : Page::State::run_tail;
        page.use = use;
        page.account = nullptr;
    }
    unpoison_pages(start, pages);
    if (fill == Fill::zeroed)
        zero_bytes(bytes_at(start, pages));
    testing::may_fail();
    arch::InterruptsOff const off;
    auto& used = this_cache().used[static_cast<usize>(use)];
    used.store(used.load(MemoryOrder::relaxed) + static_cast<isize>(pages), MemoryOrder::relaxed);
}

[[gnu::noinline]] void free_run_once(PhysAddr& start, PhysAddr end, bool& counted) {
    Page const& head = page_of(start);
    if (!counted)
        ensure(head.state == Page::State::run, "free_run of what is not a run");
    poison_pages(start, (end - start) >> page_shift);
    auto const inside = buddy.lock_even_poisoned();
    Change const change(inside->changes());
    if (!counted) {
        auto& used = this_cache().used[static_cast<usize>(head.use)];
        inside->changes().set(used, used.load(MemoryOrder::relaxed) -
                                        static_cast<isize>((end - start) >> page_shift));
        inside->changes().set(counted, true);
    }
    inside->free_range(start, end);
}

} // namespace

Result<PhysAddr> allocate_run(u32 order, Fill fill, Use use) {
    if (testing::must_fail())
        return fail(Errno::enomem);
    PhysAddr start;
    while (!take_run(order, start)) {
        { // some of it may lie in this CPU's cache
            arch::InterruptsOff const off;
            drain(this_cache(), 0);
        }
        if (take_run(order, start))
            break;
        if (order > max_order || !may_reclaim() || Reclaimer::reclaim(usize{1} << order) == 0)
            return fail(Errno::enomem);
    }
    if (!persist([&] { begin_run(start, usize{1} << order, fill, use); }))
        return fail(Errno::enomem);
    return start;
}

void free_run_pages(PhysAddr start, usize pages) noexcept {
    PhysAddr const end = start + pages * page_size;
    bool counted = false;
    persist([&] { free_run_once(start, end, counted); });
}

void free_run(PhysAddr start, u32 order) noexcept {
    free_run_pages(start, usize{1} << order);
}

void trim_run(PhysAddr start, u32 order, usize pages) noexcept {
    usize const whole = usize{1} << order;
    persist([&] {
        ensure(pages != 0 && pages <= whole, "trim_run beyond the run");
        if (pages == whole)
            return;
        PhysAddr const rest = start + pages * page_size;
        page_of(rest).use = page_of(start).use;
        page_of(rest).state = Page::State::run;
        free_run_pages(rest, whole - pages);
    });
}

} // namespace mem
