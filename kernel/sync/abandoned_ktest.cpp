// Locks held by frames that a CPU fault skips.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/sync/held.hpp"
#include "kernel/sync/locked.hpp"

namespace {

constinit ksync::SpinLocked<int, ksync::Rank::device> spinning;
constinit ksync::IrqLocked<int, ksync::Rank::wait_queue> with_interrupts_off;

[[gnu::noinline]] void fault() {
    int* where = reinterpret_cast<int*>(8);
    asm volatile("" : "+r"(where));
    *where = 1;
    asm volatile("" ::: "memory");
}

// noexcept: no landing pad, so the unwinder passes by with both locks held.
void hold_and_fault() noexcept {
    auto const outer = spinning.lock_even_poisoned();
    auto const inner = with_interrupts_off.lock_even_poisoned();
    void (*volatile call)() = fault;
    call();
}

void hold_and_panic() {
    auto const guard = spinning.lock_even_poisoned();
    panic("with a lock held");
}

bool is_refused(auto& locked) {
    try {
        auto const guard = locked.lock();
        return false;
    } catch (ksync::Poisoned const&) {
        return true;
    }
}

template <class Body>
bool ends_with_a_bug(Body body) {
    try {
        body();
    } catch (KernelBug const&) {
        return true;
    }
    return false;
}

} // namespace

KTEST(a_skipped_frame_lets_go_of_its_locks_and_poisons_them) {
    u32 const held = ksync::held_locks();
    u32 const preemption = arch::preemption_depth();
    bool const interrupts = arch::interrupts_enabled();
    void (*volatile call)() = hold_and_fault;
    KCHECK(ends_with_a_bug(call));
    KCHECK(ksync::held_locks() == held);
    KCHECK(arch::preemption_depth() == preemption);
    KCHECK(arch::interrupts_enabled() == interrupts);
    KCHECK(is_refused(spinning));
    KCHECK(is_refused(with_interrupts_off));
    {
        auto const free_again = spinning.lock_even_poisoned();
    }
    spinning.clear_poison();
    with_interrupts_off.clear_poison();
}

KTEST(a_guard_destroyed_by_a_bug_poisons_and_by_bad_alloc_does_not) {
    KCHECK(ends_with_a_bug(hold_and_panic));
    KCHECK(is_refused(spinning));
    spinning.clear_poison();
    try {
        auto const guard = spinning.lock();
        throw_out_of_memory();
    } catch (std::bad_alloc const&) {
    }
    KCHECK(!is_refused(spinning));
}
