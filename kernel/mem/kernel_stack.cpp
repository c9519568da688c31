// Guarded kernel stacks: slots in the lower half of the kernel area, cached while mapped.
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/arch/api/kernel_range.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/stack_reserve.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/mem/testing.hpp"
#include "kernel/mem/undo_log.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

#include <new>
#include <utility>

namespace mem {
namespace {

constexpr usize guard_size = stack_slot_size - KernelStack::size; ///< with the reserve
constexpr usize stack_pages = KernelStack::size / page_size;
constexpr u32 slots_per_table = 128;
constexpr u32 max_slots = 64 * 1024;
constexpr u32 cache_limit = 32;

/// What is known of one slot. Its owner is read without a lock when its guard is hit.
struct Slot {
    Atomic<char const*> owner{nullptr};
    Atomic<u64> reserve{0}; ///< physical start of the pages it got when it overflowed
    u32 next = 0;           ///< in a list of free slots: index + 1
};

struct SlotTable {
    Slot slots[slots_per_table];
};

static_assert(sizeof(SlotTable) <= page_size);

constinit Atomic<SlotTable*> tables[max_slots / slots_per_table];

struct Pool {
    u32 fresh = 0;  ///< slots from here on were never used
    u32 cached = 0; ///< list of free slots that are mapped
    u32 unmapped = 0;
    u32 cached_count = 0;
    bool enrolled = false;
    UndoLog<8> changes;

    bool recover() {
        changes.undo();
        return true;
    }
};

constinit ksync::SpinLocked<Pool, ksync::Rank::kernel_areas> pool;

Slot& slot_at(u32 index) {
    SlotTable* const table = tables[index / slots_per_table].load();
    ensure(table != nullptr, "no such kernel stack");
    return table->slots[index % slots_per_table];
}

VirtAddr stack_bottom(u32 index) {
    return arch::kernel_area_start() + u64{index} * stack_slot_size + guard_size;
}

u32 slot_index(VirtAddr bottom) {
    return static_cast<u32>((bottom - arch::kernel_area_start()) / stack_slot_size);
}

/// Takes the first slot of a list, if there is one, into `index`.
void pop(Pool& inside, u32& list, u32& index) {
    if (list == 0)
        return;
    u32 const first = list - 1;
    inside.changes.set(list, slot_at(first).next);
    inside.changes.set(index, first);
}

void push(Pool& inside, u32& list, u32 index) {
    inside.changes.set(slot_at(index).next, list);
    inside.changes.set(list, index + 1);
}

/// A slot with a stack, while there are more than `keep`.
[[gnu::noinline]] void take_cached(u32 keep, u32& index) {
    auto const inside = pool.lock_even_poisoned();
    Change change(inside->changes);
    if (inside->cached_count <= keep)
        return;
    inside->changes.set(inside->cached_count, inside->cached_count - 1);
    pop(*inside, inside->cached, index);
    change.keep();
}

/// A slot without one, which had one before, or never, if its table is there.
[[gnu::noinline]] void take_unmapped(u32& index) {
    auto const inside = pool.lock_even_poisoned();
    Change change(inside->changes);
    pop(*inside, inside->unmapped, index);
    if (index == max_slots && inside->fresh != max_slots &&
        tables[inside->fresh / slots_per_table].load() != nullptr) {
        inside->changes.set(inside->fresh, inside->fresh + 1);
        inside->changes.set(index, inside->fresh - 1);
    }
    change.keep();
}

/// Gives a slot with a stack back; `index` becomes max_slots.
[[gnu::noinline]] void put_cached(u32& index, u32& count, bool& first) {
    auto const inside = pool.lock_even_poisoned();
    Change change(inside->changes);
    push(*inside, inside->cached, index);
    inside->changes.set(inside->cached_count, inside->cached_count + 1);
    inside->changes.set(count, inside->cached_count);
    inside->changes.set(first, !inside->enrolled);
    inside->changes.set(inside->enrolled, true);
    inside->changes.set(index, max_slots);
    change.keep();
}

[[gnu::noinline]] void put_unmapped_once(u32& index) {
    auto const inside = pool.lock_even_poisoned();
    Change change(inside->changes);
    push(*inside, inside->unmapped, index);
    inside->changes.set(index, max_slots);
    change.keep();
}

void put_unmapped(u32 index) noexcept {
    persist([&] {
        if (index != max_slots)
            put_unmapped_once(index);
    });
}

/// Makes sure that the table of the next fresh slot exists.
Result<void> make_table() {
    u32 const fresh = pool.lock_even_poisoned()->fresh;
    if (fresh == max_slots)
        return fail(Errno::enomem);
    auto& table = tables[fresh / slots_per_table];
    if (table.load() != nullptr)
        return {};
    auto const page = TRY(allocate_run(0, Fill::zeroed, Use::stack));
    auto* const made = ::new (pointer_to<void>(arch::direct_map(page))) SlotTable;
    SlotTable* expected = nullptr;
    if (!table.compare_exchange(expected, made))
        free_run(page, 0); // another CPU was faster
    return {};
}

constexpr usize reserve_pages = stack_reserve_size / page_size;
constexpr u32 reserve_order = 2;
static_assert(usize{1} << reserve_order == reserve_pages);

/// Physical starts of runs that wait for a stack to overflow; 0 where there is none. A double fault
/// takes one, so no lock protects them.
constinit Atomic<u64> spare_reserves[2];

/// Called where memory may be allocated: the next overflow must not have to.
void provide_reserves() {
    for (auto& spare : spare_reserves) {
        if (spare.load(MemoryOrder::relaxed) != 0)
            continue;
        auto const run = allocate_run(reserve_order, Fill::any, Use::stack);
        u64 none = 0;
        if (run && !spare.compare_exchange(none, run->value()))
            free_run(*run, reserve_order);
    }
}

/// From the double fault of a stack that ran over: no lock, no allocation.
bool lend_reserve(u32 index) noexcept {
    Slot& slot = slot_at(index);
    if (slot.reserve.load() != 0)
        return false; // it ran over the reserve as well
    u64 run = 0;
    for (auto& spare : spare_reserves)
        if ((run = spare.exchange(0)) != 0)
            break;
    if (run == 0)
        return false;
    slot.reserve.store(run);
    for (usize i = 0; i < reserve_pages; ++i)
        // No table has to be made: the slot's stack lies below the same one.
        if (!arch::map_kernel_page(stack_bottom(index) - stack_reserve_size + i * page_size,
                                   PhysAddr(run + i * page_size),
                                   arch::Access::read | arch::Access::write,
                                   arch::Caching::write_back))
            return false;
    return true;
}

/// For the stack's next user. Waits for other CPUs, where that is allowed.
void take_back_reserve(u32 index) {
    Slot& slot = slot_at(index);
    u64 const run = slot.reserve.load();
    if (run == 0 || !arch::interrupts_enabled() || arch::preemption_depth() != 0)
        return;
    arch::unmap_kernel_pages(stack_bottom(index) - stack_reserve_size, reserve_pages,
                             [](PhysAddr) {});
    slot.reserve.store(0);
    for (auto& spare : spare_reserves) {
        u64 none = 0;
        if (spare.compare_exchange(none, run))
            return;
    }
    free_run(PhysAddr(run), reserve_order);
}

void unmap_stack(u32 index, usize pages) noexcept {
    arch::unmap_kernel_pages(stack_bottom(index), pages,
                             [](PhysAddr frame) { Frame::adopt(frame); });
}

/// False when memory is short; then, and after a bug, nothing is mapped.
bool map_stack(u32 index) {
    bool mapped = true;
    try {
        for (usize i = 0; i < stack_pages && mapped; ++i)
            mapped = map_fresh_page(stack_bottom(index) + i * page_size, Use::stack);
    } catch (...) {
        unmap_stack(index, stack_pages);
        throw;
    }
    if (!mapped)
        unmap_stack(index, stack_pages);
    return mapped;
}

/// Unmaps cached stacks until `keep` are left; returns pages freed. Waits for other CPUs.
usize trim_cache(u32 keep) noexcept {
    usize freed = 0;
    for (;;) {
        u32 index = max_slots;
        persist([&] {
            if (index == max_slots)
                take_cached(keep, index);
        });
        if (index == max_slots)
            return freed;
        unmap_stack(index, stack_pages);
        freed += stack_pages;
        put_unmapped(index);
    }
}

usize reclaim_stacks(usize) noexcept {
    return trim_cache(0);
}

constinit Reclaimer reclaimer(reclaim_stacks);

} // namespace

Result<KernelStack> KernelStack::allocate(char const* owner) {
    u32 index = max_slots;
    persist([&] {
        if (index == max_slots)
            take_cached(0, index);
    });
    if (index == max_slots) {
        for (;;) {
            bool const looked = persist([&] {
                if (index == max_slots)
                    take_unmapped(index);
            });
            if (index != max_slots)
                break;
            if (!looked)
                return fail(Errno::enomem);
            TRY(make_table());
        }
        try {
            if (!map_stack(index)) {
                put_unmapped(index);
                return fail(Errno::enomem);
            }
        } catch (...) {
            put_unmapped(index);
            throw;
        }
    }
    KernelStack stack(stack_bottom(index));
    slot_at(index).owner.store(owner);
    take_back_reserve(index);
    provide_reserves();
    show(pointer_to<void>(stack.bottom()), KernelStack::size); // what the dead one hid
    return stack;
}

ConstBytes stack_above(VirtAddr stack_pointer) {
    VirtAddr const start = arch::kernel_area_start();
    if (stack_pointer < start || stack_pointer >= arch::kernel_area_end())
        return {};
    usize const used = stack_slot_size - (stack_pointer - start) % stack_slot_size;
    return {pointer_to<std::byte const>(stack_pointer), used};
}

KernelStack::~KernelStack() {
    if (bottom_ == VirtAddr())
        return;
    u32 index = slot_index(bottom_);
    bool first = false;
    u32 count = 0;
    persist([&] {
        if (index == max_slots)
            return;
        slot_at(index).owner.store("a thread that is gone");
        take_back_reserve(index);
        put_cached(index, count, first);
    });
    persist([&] {
        if (std::exchange(first, false))
            reclaimer.enroll();
        if (count > cache_limit && arch::interrupts_enabled() && arch::preemption_depth() == 0)
            trim_cache(cache_limit / 2);
    });
}

namespace testing {

void reset_stacks() noexcept {
    trim_cache(0);
    auto const inside = pool.lock_even_poisoned();
    inside->fresh = 0;
    inside->unmapped = 0;
    for (auto& table : tables)
        table.store(nullptr);
    for (auto& spare : spare_reserves)
        if (u64 const run = spare.exchange(0))
            free_run(PhysAddr(run), reserve_order);
}

} // namespace testing
} // namespace mem

namespace upcall {

char const* guarded_stack_owner(VirtAddr at) noexcept {
    u64 const offset = at - arch::kernel_area_start();
    u64 const index = offset / mem::stack_slot_size;
    if (index >= mem::max_slots || offset % mem::stack_slot_size >= mem::guard_size)
        return nullptr;
    auto const* const table = mem::tables[index / mem::slots_per_table].load();
    if (table == nullptr)
        return nullptr;
    return table->slots[index % mem::slots_per_table].owner.load();
}

bool lend_stack_reserve(VirtAddr at) noexcept {
    if (guarded_stack_owner(at) == nullptr)
        return false;
    return mem::lend_reserve(
        static_cast<u32>((at - arch::kernel_area_start()) / mem::stack_slot_size));
}

} // namespace upcall
