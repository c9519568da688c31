// Keeps each thread's list of held locks and checks the order in which they are taken.
#include "kernel/sync/held.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/sync/hold.hpp"
#include "kernel/sync/lock.hpp"
#include "kernel/sync/poison.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/format.hpp"

namespace ksync {

namespace {

constinit Holder boot_holders[arch::max_cpus] = {};
constinit Atomic<bool> checks_on{true};

/// KernelBug carries static text, so the first violation's text gets a static home.
constinit char violation_text[160];
constinit Atomic<bool> violation_written{false};

[[noreturn]] void report_violation(Rank wanted, Rank held) {
    if (violation_written.exchange(true))
        panic("locks taken in the wrong order (another one than first reported)");
    BufferSink text(std::span(violation_text, sizeof violation_text - 1));
    format_to(text, "lock order: {} wanted while {} is held", rank_name(wanted), rank_name(held));
    panic(violation_text);
}

/// A bug in vital code halts, with a report.
[[gnu::noinline]] VITAL void give_up() noexcept {
    panic("what everybody needs cannot be recovered");
}

/// The innermost lock taken in the present context; locks of an interrupted thread do not count.
HeldLock const* innermost_here(Holder const& holder, bool in_interrupt) {
    HeldLock const* const top = holder.innermost;
    return top != nullptr && top->in_interrupt == in_interrupt ? top : nullptr;
}

} // namespace

VITAL Holder& detail::boot_holder() noexcept {
    return boot_holders[arch::cpu_index()];
}

void set_lock_checks(Checks checks) {
    checks_on.store(checks == Checks::on);
}

void check_may_sleep() {
    if (!checks_on.load(MemoryOrder::relaxed))
        return;
    ensure(!arch::in_interrupt(), "an interrupt handler wants to sleep");
    // The innermost tells for all, as no sleeping lock is taken under a spinning one.
    HeldLock const* const top = current_holder().innermost;
    ensure(top == nullptr || top->kind == LockKind::sleeping,
           "the holder of a spinning lock wants to sleep");
}

u32 held_locks() {
    u32 count = 0;
    for (HeldLock const* held = current_holder().innermost; held != nullptr; held = held->next)
        ++count;
    return count;
}

void detail::check_order(Rank rank, LockKind kind, Nesting nesting) {
    if (!checks_on.load(MemoryOrder::relaxed))
        return;
    bool const in_interrupt = arch::in_interrupt();
    if (in_interrupt)
        ensure(kind == LockKind::irq, "an interrupt handler takes a lock that is no IrqLock");
    Holder const& holder = current_holder();
    HeldLock const* const top = innermost_here(holder, in_interrupt);
    if (top == nullptr)
        return;
    if (kind == LockKind::sleeping)
        ensure(top->kind == LockKind::sleeping, "a sleeping lock is taken under a spinning one");
    // Another CPU may hold this lock, be interrupted, and wait for the IrqLock that we hold.
    if (kind == LockKind::spin)
        ensure(top->kind != LockKind::irq, "a SpinLock is taken under an IrqLock");
    bool const pair = nesting == Nesting::second_of_pair && rank == top->role.rank;
    if (rank <= top->role.rank && !pair)
        report_violation(rank, top->role.rank);
}

void detail::take_out(Holder& holder, HeldLock& held) {
    HeldLock** link = &holder.innermost;
    while (*link != &held && *link != nullptr)
        link = &(*link)->next;
    if (*link != nullptr)
        *link = held.next;
}

void detail::mend(HeldLock& held) noexcept {
    if (held.role.after_bug == AfterBug::recover) {
        struct Attempt {
            HeldLock& held;
            bool sound = false;
        } attempt{held};

        survive(
            [](void* argument) {
                auto& [lock, sound] = *static_cast<Attempt*>(argument);
                sound = lock.recover(*lock.lock);
            },
            &attempt);
        if (attempt.sound)
            return;
        if (is_vital(held.role.rank))
            give_up();
    }
    held.lock->poison(held.role.rank);
}

void release_abandoned(void const* low, void const* high) noexcept {
    Holder& holder = current_holder();
    HeldLock* held = holder.innermost;
    while (held != nullptr) {
        HeldLock* const next = held->next;
        if (held >= low && held < high) {
            detail::take_out(holder, *held);
            detail::mend(*held);
            switch (held->kind) {
            case LockKind::spin:
                static_cast<SpinLock*>(held->lock)->release(*held);
                break;
            case LockKind::irq:
                static_cast<IrqLock*>(held->lock)->release(*held);
                break;
            case LockKind::sleeping:
                static_cast<Mutex*>(held->lock)->release(*held);
                break;
            }
        }
        held = next;
    }
}

} // namespace ksync

void runtime::frame_left(u64 low, u64 high) noexcept {
    // Safe because the numbers are only compared with addresses of guards.
    ksync::release_abandoned(reinterpret_cast<void const*>(low),
                             reinterpret_cast<void const*>(high));
}

VITAL runtime::EhState& runtime::eh_state() noexcept {
    return ksync::current_holder().exceptions;
}
