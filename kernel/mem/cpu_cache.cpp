// Moves pages between the caches of the CPUs and the buddy allocator.
#include "kernel/mem/cpu_cache.hpp"

#include "kernel/mem/frames.hpp"
#include "kernel/mem/testing.hpp"
#include "libs/base/persist.hpp"

namespace mem {

constinit ksync::IrqLocked<Buddy, ksync::Rank::frames> buddy;
constinit CpuCache caches[arch::max_cpus];

namespace {

/// Moves a batch from the buddy allocator into the cache, where there is a block of that size.
[[gnu::noinline]] bool take_batch(CpuCache& cache) {
    auto const inside = buddy.lock_even_poisoned();
    Change change(inside->changes());
    auto const block = inside->allocate(CpuCache::batch_order);
    if (!block)
        return false;
    u32 count = cache.count.load(MemoryOrder::relaxed);
    Page* const pages = &page_of(*block); // one chunk's, so one array's
    for (u32 i = CpuCache::batch; i-- > 0;) {
        pages[i].state = Page::State::cached; // means nothing as long as they are in a free block
        cache.frames[count++] = frame_number(*block) + i;
    }
    inside->changes().set(cache.count, count);
    change.keep();
    return true;
}

/// The same frame by frame, as many as there are.
[[gnu::noinline]] void take_singly(CpuCache& cache) {
    auto const inside = buddy.lock_even_poisoned();
    Change change(inside->changes());
    for (u32 i = cache.count.load(MemoryOrder::relaxed); i < CpuCache::batch; ++i) {
        auto const frame = inside->allocate(0);
        if (!frame)
            break;
        inside->changes().set(page_of(*frame).state, Page::State::cached);
        cache.frames[i] = frame_number(*frame);
        inside->changes().set(cache.count, i + 1);
        change.keep();
    }
}

[[gnu::noinline]] bool grow_once() {
    auto const inside = buddy.lock_even_poisoned();
    Change const change(inside->changes());
    return inside->grow();
}

} // namespace

bool grow() noexcept {
    bool grown = false;
    persist([&] { grown = grow_once(); });
    return grown;
}

/// For an empty cache.
bool refill(CpuCache& cache) noexcept {
    bool filled = false;
    do
        persist([&] { filled = take_batch(cache); });
    while (!filled && grow());
    if (!filled)
        persist([&] { take_singly(cache); });
    return cache.count.load(MemoryOrder::relaxed) != 0;
}

namespace {

[[gnu::noinline]] void drain_once(CpuCache& cache, u32 keep) {
    auto const inside = buddy.lock_even_poisoned();
    Change change(inside->changes());
    for (u32 left = cache.count.load(MemoryOrder::relaxed); left > keep;) {
        inside->free_block(frame_address(cache.frames[--left]), 0);
        inside->changes().set(cache.count, left);
        change.keep();
    }
}

} // namespace

void drain(CpuCache& cache, u32 keep) noexcept {
    // What cannot be freed is lost.
    while (!persist([&] { drain_once(cache, keep); }))
        cache.count.store(cache.count.load(MemoryOrder::relaxed) - 1);
}

FrameStatistics frame_statistics() {
    usize used[use_count] = {};
    usize cached = 0;
    for (auto const& cache : caches) {
        cached += cache.count.load(MemoryOrder::relaxed);
        for (usize i = 0; i < use_count; ++i)
            used[i] += static_cast<usize>(cache.used[i].load(MemoryOrder::relaxed));
    }
    auto const inside = buddy.lock_even_poisoned();
    return {.total = inside->total_pages(),
            .free = inside->free_pages() + cached,
            .user = used[static_cast<usize>(Use::user)],
            .page_cache = used[static_cast<usize>(Use::page_cache)],
            .page_tables = used[static_cast<usize>(Use::page_table)],
            .kernel_heap = used[static_cast<usize>(Use::heap)],
            .kernel_stacks = used[static_cast<usize>(Use::stack)]};
}

usize managed_pages() {
    return buddy.lock_even_poisoned()->total_pages();
}

void release_boot_memory(PhysAddr start, PhysAddr end) {
    auto const inside = buddy.lock_even_poisoned();
    Change const change(inside->changes());
    inside->add_memory(start, end);
}

namespace testing {

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
