// The bare spinning lock: no registry, no poison, no checks. For vital code and inside other locks.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace ksync {

/// Whoever comes when it is free takes it. Not a ticket lock, because Linnet runs in virtual
/// machines: a queue would hand the lock to a virtual CPU that the host is not running, and all
/// behind it wait for that one (docs/decisions/006). The caller keeps preemption (or
/// interrupts) off while it holds it.
class RawSpinLock {
public:
    constexpr RawSpinLock() = default;
    RawSpinLock(RawSpinLock const&) = delete;
    RawSpinLock& operator=(RawSpinLock const&) = delete;

    /// `owner`, not 0, is what held_by() goes by.
    void acquire(u32 owner = 1) {
        u32 free = 0;
        while (!held_.compare_exchange(free, owner, MemoryOrder::acquire)) {
            while (held_.load(MemoryOrder::relaxed) != 0)
                arch::relax();
            free = 0;
        }
    }

    /// One try, for who expects it to be free.
    bool exchange() { return held_.exchange(1, MemoryOrder::acquire) == 0; }

    bool try_acquire(u32 owner = 1) {
        // One that is taken must not change hands by a try.
        u32 free = 0;
        return held_.load(MemoryOrder::relaxed) == 0 &&
               held_.compare_exchange(free, owner, MemoryOrder::acquire);
    }

    bool held_by(u32 owner) const { return held_.load(MemoryOrder::relaxed) == owner; }

    void release() { held_.store(0, MemoryOrder::release); }

private:
    Atomic<u32> held_{0};
};

/// This CPU, as it enters itself in locks whose holder must be known after a bug. With preemption
/// off.
inline u32 this_owner() {
    return static_cast<u32>(arch::cpu_index()) + 1;
}

} // namespace ksync
