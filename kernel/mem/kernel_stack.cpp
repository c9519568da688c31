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
#include "kernel/sync/locked.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"

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

u32 pop(u32& list) {
    u32 const index = list - 1;
    list = slot_at(index).next;
    return index;
}

void push(u32& list, u32 index) {
    slot_at(index).next = list;
    list = index + 1;
}

/// Makes sure that the table of the next fresh slot exists.
Result<void> make_table() {
    u32 const fresh = pool.lock()->fresh;
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
void provide_reserves() noexcept {
    for (auto& spare : spare_reserves) {
        if (spare.load(std::memory_order_relaxed) != 0)
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
void take_back_reserve(u32 index) noexcept {
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

Result<void> map_stack(u32 index) {
    for (usize i = 0; i < stack_pages; ++i) {
        auto frame = Frame::allocate(Fill::any, Use::stack);
        bool const mapped =
            frame && arch::map_kernel_page(stack_bottom(index) + i * page_size, frame->address(),
                                           arch::Access::read | arch::Access::write,
                                           arch::Caching::write_back);
        if (!mapped) {
            unmap_stack(index, i);
            return fail(Errno::enomem);
        }
        (void)std::move(*frame).leak(); // the mapping has it now
    }
    return {};
}

/// Unmaps cached stacks until `keep` are left; returns pages freed. Waits for other CPUs.
usize trim_cache(u32 keep) noexcept {
    usize freed = 0;
    for (;;) {
        u32 index = 0;
        {
            auto const inside = pool.lock_even_poisoned();
            if (inside->cached_count <= keep)
                return freed;
            --inside->cached_count;
            index = pop(inside->cached);
        }
        unmap_stack(index, stack_pages);
        freed += stack_pages;
        push(pool.lock_even_poisoned()->unmapped, index);
    }
}

usize reclaim_stacks(usize) noexcept {
    return trim_cache(0);
}

constinit Reclaimer reclaimer(reclaim_stacks);

} // namespace

Result<KernelStack> KernelStack::allocate(char const* owner) {
    u32 index = max_slots;
    bool is_mapped = false;
    {
        auto const inside = pool.lock();
        is_mapped = inside->cached != 0;
        if (is_mapped) {
            --inside->cached_count;
            index = pop(inside->cached);
        } else if (inside->unmapped != 0)
            index = pop(inside->unmapped);
    }
    if (is_mapped) {
        slot_at(index).owner.store(owner);
        take_back_reserve(index);
        provide_reserves();
        show(pointer_to<void>(stack_bottom(index)), KernelStack::size); // what the dead one hid
        return KernelStack(stack_bottom(index));
    }
    while (index == max_slots) {
        TRY(make_table());
        auto const inside = pool.lock();
        if (tables[inside->fresh / slots_per_table].load() != nullptr)
            index = inside->fresh++;
    }
    if (auto const mapped = map_stack(index); !mapped) {
        push(pool.lock()->unmapped, index);
        return std::unexpected(mapped.error());
    }
    slot_at(index).owner.store(owner);
    provide_reserves();
    return KernelStack(stack_bottom(index));
}

KernelStack::~KernelStack() {
    if (bottom_ == VirtAddr())
        return;
    u32 const index = slot_index(bottom_);
    slot_at(index).owner.store("a thread that is gone");
    take_back_reserve(index);
    bool first = false;
    u32 count = 0;
    {
        auto const inside = pool.lock_even_poisoned();
        push(inside->cached, index);
        count = ++inside->cached_count;
        first = !std::exchange(inside->enrolled, true);
    }
    if (first)
        reclaimer.enroll();
    if (count > cache_limit && arch::interrupts_enabled() && arch::preemption_depth() == 0)
        trim_cache(cache_limit / 2);
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
