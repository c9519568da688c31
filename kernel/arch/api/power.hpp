// Ending it all.
#pragma once

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

/// Catches another CPU (by NMI), whatever it does, so that its stack can be read until it is let
/// go; nullptr when it does not answer. One at a time.
CaughtCpu const* hold_cpu(usize cpu);
void let_go_of_cpu(usize cpu);

} // namespace arch
