// Boot order, as one page of prose.
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"

void upcall::kernel_main() {
    arch::early_write("Linnet\n");
    arch::exit_emulator(0x10);
    arch::halt();
}
