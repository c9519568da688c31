// Pages that are nobody's: each CPU's cache of them over the buddy allocator. Of the allocator
// itself.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/buddy.hpp"
#include "kernel/mem/page.hpp"
#include "kernel/sync/locked.hpp"

namespace mem {

extern constinit ksync::IrqLocked<Buddy, ksync::Rank::frames> buddy;

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

extern constinit CpuCache caches[arch::max_cpus];

inline CpuCache& this_cache() {
    return caches[arch::cpu_index()];
}

/// Fills an empty cache; false when there is nothing left.
bool refill(CpuCache& cache) noexcept;
void drain(CpuCache& cache, u32 keep) noexcept;
/// Takes memory over that was not in use so far.
bool grow() noexcept;

inline Bytes bytes_at(PhysAddr at, usize pages) {
    return {pointer_to<std::byte>(arch::direct_map(at)), pages * page_size};
}

/// Reclaimers may take time and free through this allocator: only where the caller could wait.
inline bool may_reclaim() {
    return arch::interrupts_enabled() && arch::preemption_depth() == 0 && !arch::in_interrupt();
}

/// One page that is nobody's; no reclaim. A bug changes nothing.
inline bool take_page(PhysAddr& at, Use use) {
    arch::InterruptsOff const off;
    CpuCache& cache = this_cache();
    if (cache.count.load(MemoryOrder::relaxed) == 0 && !refill(cache))
        return false;
    u32 const left = cache.count.load(MemoryOrder::relaxed) - 1;
    auto& used = cache.used[static_cast<usize>(use)];
    isize const used_before = used.load(MemoryOrder::relaxed);
    at = frame_address(cache.frames[left]);
    try {
        testing::may_fail();
        used.store(used_before + 1, MemoryOrder::relaxed);
        testing::may_fail();
        cache.count.store(left, MemoryOrder::relaxed);
    } catch (...) {
        used.store(used_before, MemoryOrder::relaxed);
        throw;
    }
    return true;
}

/// A frame without shares goes into the cache. A bug changes nothing.
inline void put_page(PhysAddr at, Page& page, Use use) {
    poison_pages(at, 1);
    arch::InterruptsOff const off;
    CpuCache& cache = this_cache();
    if (cache.count.load(MemoryOrder::relaxed) == CpuCache::capacity)
        drain(cache, CpuCache::batch);
    u32 const count = cache.count.load(MemoryOrder::relaxed);
    auto& used = cache.used[static_cast<usize>(use)];
    isize const used_before = used.load(MemoryOrder::relaxed);
    cache.frames[count] = frame_number(at);
    try {
        testing::may_fail();
        page.state = Page::State::cached;
        used.store(used_before - 1, MemoryOrder::relaxed);
        testing::may_fail();
        cache.count.store(count + 1, MemoryOrder::relaxed);
    } catch (...) {
        used.store(used_before, MemoryOrder::relaxed);
        page.state = Page::State::frame;
        throw;
    }
}

} // namespace mem
