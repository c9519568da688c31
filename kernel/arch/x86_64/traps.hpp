// Between the assembly entries and the handlers of each kind of trap.
#pragma once

#include "kernel/arch/api/user_registers.hpp"

namespace arch {

inline constexpr u32 first_interrupt_vector = 32;

enum class Vector : u32 {
    divide = 0,
    debug = 1,
    nmi = 2,
    breakpoint = 3,
    overflow = 4,
    bound = 5,
    invalid_opcode = 6,
    no_fpu = 7,
    double_fault = 8,
    invalid_tss = 10,
    segment_absent = 11,
    stack_segment = 12,
    protection = 13,
    page_fault = 14,
    x87_error = 16,
    alignment = 17,
    machine_check = 18,
    simd_error = 19,
};

constexpr bool from_user(UserRegisters const& registers) {
    return (registers.cs & 3) != 0;
}

/// An exception (vector below 32) of a program; returns with interrupts off, ready to go back.
void handle_user_exception(Vector vector, UserRegisters& registers, u64 error);
/// One of the kernel's own code: resolves it, moves to a fixup, or throws KernelBug.
void handle_kernel_exception(Vector vector, UserRegisters& registers, u64 error);
/// Throws from what the kernel was doing when it was interrupted.
[[noreturn]] void throw_interrupted(UserRegisters const& registers);
/// An interrupt vector: device, timer, or another CPU.
void handle_interrupt(u32 vector);

} // namespace arch

extern "C" {
void handle_trap(u32 vector, arch::UserRegisters& registers, u64 error);
void handle_trap_anywhere(u32 vector, arch::UserRegisters& registers, u64 error);
bool handle_system_call(arch::UserRegisters& registers);
/// The last C++ code before user mode: signals, rescheduling. Interrupts are off on return.
void prepare_user(arch::UserRegisters& registers);
[[noreturn]] void begin_thread(void* argument, void (*entry)(void*));
void begin_user_thread(arch::UserRegisters& registers);

// Assembly, see trap_entry.S.
void trap_stubs();
void nmi_entry();
void double_fault_entry();
void machine_check_entry();
void syscall_entry();
void thread_entry();
void user_thread_entry();
[[noreturn]] void restart_user(arch::UserRegisters* registers);
void switch_stack(u64* save_to, u64 stack_pointer);
}
