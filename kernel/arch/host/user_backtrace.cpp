// A program on the host is played by a test and has no stack.
#include "kernel/arch/api/user_backtrace.hpp"

void arch::write_user_backtrace(UserRegisters const& registers, TextSink& sink) {
    format_to(sink, "#0 0x{:016x}\n", registers.rip);
}
