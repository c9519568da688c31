// SpinLock and IrqLock.
#include "kernel/sync/lock.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/sync/hold.hpp"

namespace ksync {

inline bool SpinLock::try_take(HeldLock&) {
    arch::disable_preemption();
    try {
        if (raw_.exchange()) [[likely]]
            return true;
    } catch (KernelBug const&) { // has been reported; take() tries again
    }
    arch::enable_preemption_quietly();
    return false;
}

inline void SpinLock::take(HeldLock&) {
    arch::disable_preemption();
    retry_after_bug([this] { raw_.acquire(); });
}

// Giving back has two parts: open(), which a bug leaves undone as a whole, and finish() with what
// it says.

inline bool SpinLock::open(HeldLock const&) {
    raw_.release();
    return true;
}

inline void SpinLock::finish(bool) {
    arch::enable_preemption();
}

void SpinLock::release(HeldLock const& held) noexcept {
    finish(retry_after_bug([&] { return open(held); }));
}

// Preemption is off, too, so that release() reschedules when a holder woke somebody.

inline bool IrqLock::try_take(HeldLock& held) {
    arch::disable_preemption();
    bool const interrupts_were_on = arch::interrupts_enabled();
    arch::disable_interrupts();
    if (retry_after_bug([&] {
            held.interrupts_were_on = interrupts_were_on;
            return raw_.exchange();
        })) [[likely]]
        return true;
    if (interrupts_were_on)
        arch::enable_interrupts();
    arch::enable_preemption_quietly();
    return false;
}

inline void IrqLock::take(HeldLock& held) {
    arch::disable_preemption();
    bool const interrupts_were_on = arch::interrupts_enabled();
    arch::disable_interrupts();
    retry_after_bug([&] {
        held.interrupts_were_on = interrupts_were_on;
        raw_.acquire();
    });
}

inline bool IrqLock::open(HeldLock const& held) {
    bool const interrupts_were_on = held.interrupts_were_on;
    raw_.release();
    return interrupts_were_on;
}

inline void IrqLock::finish(bool interrupts_were_on) {
    if (interrupts_were_on)
        arch::enable_interrupts();
    arch::enable_preemption();
}

void IrqLock::release(HeldLock const& held) noexcept {
    finish(retry_after_bug([&] { return open(held); }));
}

template class Hold<SpinLock>;
template class Hold<IrqLock>;

} // namespace ksync
