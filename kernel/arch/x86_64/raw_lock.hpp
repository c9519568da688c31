// A spinning lock with interrupts off, for the few registers that arch shares between CPUs. The
// rooms above have their own, with ranks.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "libs/base/atomic.hpp"

namespace arch {

class RawLock {
public:
    class Hold {
    public:
        explicit Hold(RawLock& lock) : lock_(lock) {
            while (lock_.taken_.exchange(true, MemoryOrder::acquire))
                relax();
        }

        Hold(Hold const&) = delete;
        Hold& operator=(Hold const&) = delete;

        ~Hold() { lock_.taken_.store(false, MemoryOrder::release); }

    private:
        InterruptsOff interrupts_off_;
        RawLock& lock_;
    };

private:
    Atomic<bool> taken_{false};
};

} // namespace arch
