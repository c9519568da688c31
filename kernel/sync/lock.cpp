// SpinLock and IrqLock.
#include "kernel/sync/lock.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"

namespace ksync {

void SpinLock::acquire(HeldLock& held, Nesting nesting) {
    detail::check_order(*this, LockKind::spin, nesting);
    arch::disable_preemption();
    raw_.acquire();
    detail::enter(held, *this, LockKind::spin);
}

void SpinLock::release() noexcept {
    raw_.release();
    arch::enable_preemption();
}

SpinLock::Hold::Hold(SpinLock& lock, Poison poison, Nesting nesting) : lock_(lock) {
    lock.acquire(held_, nesting);
    if (poison == Poison::refuse && lock.poisoned()) [[unlikely]] {
        detail::leave(held_);
        lock.release();
        throw Poisoned{rank_name(lock.rank())};
    }
}

void SpinLock::Hold::end() noexcept {
    if (!active_)
        return;
    if (detail::leave(held_)) [[unlikely]]
        lock_.poison();
    lock_.release();
}

void SpinLock::Hold::suspend() {
    detail::leave(held_);
    active_ = false;
    lock_.release();
}

void SpinLock::Hold::resume() {
    lock_.acquire(held_, Nesting::alone);
    active_ = true;
}

void IrqLock::acquire(HeldLock& held, Nesting nesting) {
    detail::check_order(*this, LockKind::irq, nesting);
    arch::disable_preemption(); // so that release() reschedules when a holder woke somebody
    held.interrupts_were_on = arch::interrupts_enabled();
    arch::disable_interrupts();
    raw_.acquire();
    detail::enter(held, *this, LockKind::irq);
}

void IrqLock::release(bool interrupts_were_on) noexcept {
    raw_.release();
    if (interrupts_were_on)
        arch::enable_interrupts();
    arch::enable_preemption();
}

IrqLock::Hold::Hold(IrqLock& lock, Poison poison, Nesting nesting) : lock_(lock) {
    lock.acquire(held_, nesting);
    if (poison == Poison::refuse && lock.poisoned()) [[unlikely]] {
        detail::leave(held_);
        lock.release(held_.interrupts_were_on);
        throw Poisoned{rank_name(lock.rank())};
    }
}

void IrqLock::Hold::end() noexcept {
    if (!active_)
        return;
    if (detail::leave(held_)) [[unlikely]]
        lock_.poison();
    lock_.release(held_.interrupts_were_on);
}

void IrqLock::Hold::suspend() {
    detail::leave(held_);
    active_ = false;
    lock_.release(held_.interrupts_were_on);
}

void IrqLock::Hold::resume() {
    lock_.acquire(held_, Nesting::alone);
    active_ = true;
}

} // namespace ksync
