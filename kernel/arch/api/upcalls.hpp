// What arch calls in the rooms above it. Each is defined exactly once, in the room named.
#pragma once

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/user_registers.hpp"

namespace upcall {

/// init: first C++ code on the boot CPU's guarded stack; boot_info() is valid, interrupts are off.
[[noreturn]] void kernel_main();

/// syscall: a system call. Interrupts are on. The result is stored in `registers`.
void system_call(arch::UserRegisters& registers) noexcept;

/// A fault of a user program, decoded.
struct UserFault {
    enum class Kind {
        page,          ///< `at` and `wanted` are valid
        divide,        ///< SIGFPE, FPE_INTDIV
        float_error,   ///< SIGFPE, `code` is the si_code
        breakpoint,    ///< SIGTRAP
        single_step,   ///< SIGTRAP, TRAP_TRACE
        overflow,      ///< SIGSEGV
        illegal,       ///< SIGILL
        protection,    ///< SIGSEGV, SI_KERNEL, address 0
        stack_segment, ///< SIGBUS
        alignment,     ///< SIGBUS, BUS_ADRALN
    };
    Kind kind;
    UserAddr at{};
    arch::AccessFlags wanted{};
    int code = 0;
    u64 error = 0; ///< raw error code, for the signal frame and messages
};

/// process: resolves the fault or posts a signal. Interrupts are on.
void user_fault(arch::UserRegisters& registers, UserFault const& fault);

/// mem: a fault inside arch's user copy. True when the page is there now.
bool user_access_fault(UserAddr at, arch::AccessFlags wanted);

/// process: runs before every return to user mode, interrupts on: signals, stop, exit.
void before_user(arch::UserRegisters& registers);
/// process: whether before_user() has anything to do; checked with interrupts off on the way out.
bool work_before_user();

/// task: the running thread came from user mode, and goes back to it; interrupts off. They tell the
/// time it spends there from the kernel's.
void entered_from_user() noexcept;
void leaving_to_user() noexcept;

/// device: a device interrupt; arch acknowledges afterwards. Interrupts are off.
void interrupt(arch::Irq irq) noexcept;

/// task: this CPU's timer, interrupts off.
void timer_expired() noexcept;
/// task: gives the CPU to whoever should have it. Called with preemption allowed, interrupts off on
/// the way out of an interrupt, or on from enable_preemption().
void reschedule() noexcept;
/// task: whether the running thread, which was interrupted in the kernel and may be preempted,
/// shall be unwound from there.
bool is_abandoned() noexcept;
/// task: first thing a new thread does, on its own stack; see Context::start_at().
void thread_started() noexcept;
/// init: a further CPU is up, on its boot stack, interrupts off.
[[noreturn]] void secondary_cpu(usize index);

/// mem: a zeroed frame for a page table. ENOMEM.
Result<PhysAddr> allocate_table_frame();
void free_table_frame(PhysAddr frame) noexcept;
/// The same for one of several that are freed together: `last` names the one allocated before and
/// becomes this one. It begins as PhysAddr().
Result<PhysAddr> allocate_table_frame(PhysAddr& last);
void free_table_frames(PhysAddr last) noexcept;
/// mem: memory for FPU states and the like; nullptr when there is none.
void* allocate_bytes(usize size, usize alignment) noexcept;
void free_bytes(void* memory, usize size) noexcept;

/// mem: whether `at` lies in the guard of a kernel stack; then names its owner for the report.
char const* guarded_stack_owner(VirtAddr at) noexcept;

/// log: the machine cannot go on. Reports, stops all CPUs, reboots or exits as the options say.
[[noreturn]] void fatal(char const* what, void const* trap_registers) noexcept;

} // namespace upcall
