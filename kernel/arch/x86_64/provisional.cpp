// Stands in for what this machine does not implement yet; the real definitions override these.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/timer.hpp"

#define PROVISIONAL __attribute__((weak))

namespace arch {

PROVISIONAL usize cpu_index() {
    return 0;
}

PROVISIONAL bool interrupts_enabled() {
    return false;
}

PROVISIONAL void disable_interrupts() {}

PROVISIONAL void enable_interrupts() {}

PROVISIONAL void relax() {}

PROVISIONAL Nanoseconds now() {
    return {};
}

PROVISIONAL void stop_other_cpus() {}

PROVISIONAL void reboot() {
    halt();
}

} // namespace arch
