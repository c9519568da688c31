// Signal frames on the user stack, in Linux's layout.
#pragma once

#include "kernel/arch/api/context.hpp"

namespace arch {

/// Everything the frame needs, decided by process.
struct SignalFrame {
    int number;
    UserAddr handler;
    UserAddr restorer;        ///< SA_RESTORER; 0 makes delivery fail, as on Linux x86-64
    u64 mask;                 ///< blocked set to restore on sigreturn
    std::byte siginfo[128];   ///< struct siginfo, ready to copy
    UserAddr alternate_stack; ///< start of the stack to use, when size is not 0
    u64 alternate_size;
    u64 saved_alternate_sp; ///< uc_stack as it is now
    i32 saved_alternate_flags;
    u64 saved_alternate_size;
    /// Of the fault that caused the signal, for the handler's context; zeros for other signals.
    u64 fault_error = 0;
    u64 fault_trap = 0; ///< the CPU's exception number
    u64 fault_address = 0;
};

/// Pushes the frame (FPU state included) and redirects `registers` to the handler. EFAULT when the
/// stack cannot be written: the caller then kills the program by SIGSEGV.
Result<void> push_signal_frame(Context& self, UserRegisters& registers, SignalFrame const& frame);

struct SignalReturn {
    u64 mask;
    u64 alternate_sp;
    i32 alternate_flags;
    u64 alternate_size;
    /// False when the FPU state could not be restored: the program, with the mask above, gets
    /// SIGSEGV.
    bool intact = true;
};

/// Undoes push_signal_frame() from the frame at the stack pointer: restores registers (only bits
/// user code may set) and FPU state. EFAULT for a frame that cannot be read or is not one.
Result<SignalReturn> pop_signal_frame(Context& self, UserRegisters& registers);

} // namespace arch
