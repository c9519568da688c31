// First C++ code: brings the boot CPU to the state that upcall::kernel_main() expects.
#include "kernel/arch/x86_64/start.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/upcalls.hpp"

extern "C" [[noreturn]] void arch_start(u32 start_info);

void arch_start(u32) {
    arch::start_console();
    upcall::kernel_main();
}
