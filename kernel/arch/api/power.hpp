// Ending it all.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace arch {

/// Ends the emulator with a status (QEMU's isa-debug-exit); returns if there is no such device.
void exit_emulator(u8 value);
/// Powers the machine off, or stops all CPUs where it cannot.
[[noreturn]] void power_off();
[[noreturn]] void reboot();
/// Stops this CPU for good.
[[noreturn]] void halt();

/// What a CPU was at when it was caught.
struct CaughtCpu {
    u64 registers[17]; ///< by their DWARF numbers
    bool in_program;   ///< else in the kernel
};

/// Makes every other CPU stop as soon as it can (by NMI), for a panic. Returns after a bounded
/// wait.
void stop_other_cpus();
/// Of a CPU that has stopped; nullptr when it has not.
CaughtCpu const* stopped_cpu(usize cpu);

/// While it lives, no other CPU catches any: two that catch each other would wait for ever.
class CatchingCpus {
public:
    CatchingCpus() {
        while (going_on_.exchange(true))
            relax();
    }

    CatchingCpus(CatchingCpus const&) = delete;
    CatchingCpus& operator=(CatchingCpus const&) = delete;

    ~CatchingCpus() { going_on_.store(false); }

private:
    inline static constinit Atomic<bool> going_on_{false};
};

/// Catches another CPU (by NMI), whatever it does, so that its stack can be read until it is let
/// go; nullptr when it does not answer. Under CatchingCpus.
CaughtCpu const* hold_cpu(usize cpu);
void let_go_of_cpu(usize cpu);

} // namespace arch
