// Power-off, reboot, exit, and stopping CPUs.
#include "kernel/arch/api/power.hpp"

#include "kernel/arch/x86_64/port.hpp"

namespace arch {

void exit_emulator(u8 value) {
    constexpr u16 debug_exit = 0xf4;
    out8(debug_exit, value);
}

void halt() {
    for (;;)
        asm volatile("cli; hlt");
}

} // namespace arch
