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
/// Makes every other CPU stop as soon as it can (by NMI), for a panic. Returns after a bounded
/// wait.
void stop_other_cpus();

} // namespace arch
