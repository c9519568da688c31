// What each CPU exception means: for a program a signal, for the kernel a fixup or a thrown bug.
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/stack_reserve.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_backtrace.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/fpu.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/stop.hpp"
#include "kernel/arch/x86_64/traps.hpp"
#include "kernel/runtime/backtrace.hpp"
#include "kernel/runtime/text.hpp"
#include "kernel/runtime/throw.hpp"
#include "libs/base/retry.hpp"

#include <algorithm>
#include <new>

namespace arch {

extern "C" {
/// Where to go on when the instruction faults on a user address; see user_copy.S.
struct Fixup {
    u64 instruction;
    u64 target;
};

extern Fixup const __fixups_start[];
extern Fixup const __fixups_end[];
extern std::byte const __text_start[];
extern std::byte const __text_end[];
}

namespace {

using upcall::UserFault;

constexpr u64 page_fault_present = 1 << 0;
constexpr u64 page_fault_write = 1 << 1;
constexpr u64 page_fault_user = 1 << 2;
constexpr u64 page_fault_fetch = 1 << 4;

AccessFlags wanted_by(u64 page_fault_error) {
    if ((page_fault_error & page_fault_fetch) != 0)
        return Access::execute;
    return (page_fault_error & page_fault_write) != 0 ? Access::write : Access::read;
}

UserFault describe(Vector vector, u64 error, u64 address) {
    using Kind = UserFault::Kind;
    auto const plain = [&](Kind kind) { return UserFault{.kind = kind, .error = error}; };
    switch (vector) {
    case Vector::page_fault:
        // The CPU itself was refused: QEMU reads the stack of an `iret` to the kernel with the
        // kernel's rights, where a real CPU raises a protection fault.
        if ((error & page_fault_present) != 0 && (error & page_fault_user) == 0)
            return plain(Kind::protection);
        return {.kind = Kind::page,
                .at = UserAddr(address),
                .wanted = wanted_by(error),
                .error = error};
    case Vector::divide:
        return plain(Kind::divide);
    case Vector::debug: {
        write_dr6(0);
        return plain(Kind::single_step);
    }
    case Vector::breakpoint:
        return plain(Kind::breakpoint);
    case Vector::overflow:
    case Vector::bound:
        return plain(Kind::overflow);
    case Vector::invalid_opcode:
        return plain(Kind::illegal);
    case Vector::stack_segment:
    case Vector::segment_absent:
        return plain(Kind::stack_segment);
    case Vector::alignment:
        return plain(Kind::alignment);
    case Vector::x87_error:
    case Vector::simd_error:
        return {.kind = Kind::float_error,
                .code = float_error_code(vector == Vector::simd_error),
                .error = error};
    default:
        return plain(Kind::protection);
    }
}

u64 fixup_of(u64 instruction) {
    for (auto const* fixup = __fixups_start; fixup != __fixups_end; ++fixup)
        if (fixup->instruction == instruction)
            return fixup->target;
    return 0;
}

/// A fault of arch's own access to user memory. False if it is something else.
bool resolve_user_access(UserRegisters& registers, u64 error, u64 address) {
    u64 const fixup = fixup_of(registers.rip);
    if (fixup == 0 || address >= user_end.value())
        return false;
    if (current_context().faults_off == 0 && (registers.rflags & flag_interrupts) != 0) {
        enable_interrupts();
        bool const present = upcall::user_access_fault(UserAddr(address), wanted_by(error));
        disable_interrupts();
        if (present)
            return true;
    }
    registers.rip = fixup;
    return true;
}

char const* name_of(Vector vector, u64 error, u64 address) {
    switch (vector) {
    case Vector::divide:
        return "divide error";
    case Vector::invalid_opcode:
        return "invalid instruction";
    case Vector::protection:
        return "protection fault (a wild pointer, or a privileged register)";
    case Vector::page_fault:
        if (overflowed_stack(VirtAddr(address)) != nullptr)
            return "kernel stack overflow";
        if ((error & page_fault_fetch) != 0)
            return "jump to a bad address";
        if (address < page_size)
            return "null pointer";
        if (address < user_end.value())
            return "user memory touched outside the user copy";
        return (error & page_fault_write) != 0 ? "write to a bad address" : "read of a bad address";
    case Vector::breakpoint:
        return "breakpoint in the kernel";
    case Vector::stack_segment:
        return "stack fault (a wild pointer)";
    default:
        return "unexpected exception";
    }
}

/// DWARF numbers the registers: System V ABI for x86-64, figure 3.36.
unwind::Registers in_dwarf_order(UserRegisters const& r) {
    unwind::Registers result{};
    u64 const values[] = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8,
                          r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip};
    for (usize i = 0; i < sizeof values / sizeof values[0]; ++i)
        result.values[i] = values[i];
    return result;
}

/// A call or jump through a wild pointer: no frame is known where it went, so the call itself is
/// what faulted. The return address is on top of the stack; one less lies in the call.
void blame_the_caller(UserRegisters& registers) {
    registers.rip = *pointer_to<u64 const>(VirtAddr(registers.rsp)) - 1;
    registers.rsp += sizeof(u64);
}

bool in_kernel_text(u64 instruction) {
    return instruction >= address_of(__text_start).value() &&
           instruction < address_of(__text_end).value();
}

/// What throw_overflow() finds on the stack that ran over.
struct Overflow {
    UserRegisters registers;
    u64 address;
};

/// Runs in place of the code that overflowed, on its stack.
[[noreturn]] void throw_overflow(Overflow const& overflow) {
    KernelBug const bug{.what = "kernel stack overflow",
                        .instruction = overflow.registers.rip,
                        .address = overflow.address};
    if ((overflow.registers.rflags & flag_interrupts) != 0)
        enable_interrupts();
    runtime::throw_from_fault(in_dwarf_order(overflow.registers), bug);
}

} // namespace

CaughtCpu caught_at(UserRegisters const& registers) {
    CaughtCpu caught{.registers = {}, .in_program = from_user(registers)};
    auto const ordered = in_dwarf_order(registers);
    std::ranges::copy(ordered.values, caught.registers);
    return caught;
}

bool throw_overflow_on_return(UserRegisters& registers, VirtAddr at) {
    constexpr u64 needed = 8_KiB; // by the report, the unwinder and the deepest landing pads
    VirtAddr const stack(registers.rsp);
    if (!upcall::lend_stack_reserve(at) || !kernel_translate(stack - needed) ||
        !kernel_translate(stack))
        return false;
    VirtAddr const place(align_down(stack.value() - sizeof(Overflow), 16));
    // Safe because the reserve is mapped now and nothing lives below a kernel stack pointer.
    auto* const overflow =
        ::new (pointer_to<void>(place)) Overflow{.registers = registers, .address = at.value()};
    registers.rsp = place.value() - sizeof(u64); // as after a call
    registers.rip = reinterpret_cast<u64>(&throw_overflow);
    registers.rdi = address_of(overflow).value();
    registers.rflags &= ~(flag_interrupts | flag_trap);
    return true;
}

void throw_interrupted(UserRegisters const& registers) {
    KernelBug const bug{.what = "no progress with preemption off", .instruction = registers.rip};
    enable_interrupts();
    runtime::mend_text({.registers = in_dwarf_order(registers), .interrupted = true});
    runtime::throw_from_fault(in_dwarf_order(registers), bug);
}

void write_user_backtrace(UserRegisters const& registers, TextSink& sink) {
    runtime::backtrace({.registers = in_dwarf_order(registers), .interrupted = true}, sink,
                       runtime::Absent::fetch);
}

void handle_user_exception(Vector vector, UserRegisters& registers, u64 error) {
    if (error == ~u64{0})
        error = 0; // this exception has no code
    u64 const address = vector == Vector::page_fault ? read_cr2() : 0;
    enable_interrupts();
    retry_after_bug([&] { upcall::user_fault(registers, describe(vector, error, address)); });
}

void handle_kernel_exception(Vector vector, UserRegisters& registers, u64 error) {
    u64 const address = vector == Vector::page_fault ? read_cr2() : 0;
    if (vector == Vector::page_fault && resolve_user_access(registers, error, address))
        return;
    if (vector == Vector::page_fault || vector == Vector::protection) {
        if (u64 const fixup = runtime::probe_fixup(registers.rip); fixup != 0) {
            registers.rip = fixup;
            return;
        }
    }
    if (vector == Vector::debug) { // a program's single step cannot reach us; a stray one is over
        write_dr6(0);
        registers.rflags &= ~flag_trap;
        return;
    }
    KernelBug const bug{
        .what = name_of(vector, error, address), .instruction = registers.rip, .address = address};
    auto faulted = in_dwarf_order(registers);
    if (runtime::retry_mended(faulted)) {
        registers.rip = faulted[unwind::rip];
        registers.rsp = faulted[unwind::rsp];
        return;
    }
    if (!in_kernel_text(faulted[unwind::rip])) {
        blame_the_caller(registers);
        faulted = in_dwarf_order(registers);
    }
    if ((registers.rflags & flag_interrupts) != 0)
        enable_interrupts(); // landing pads run as the faulting code did
    runtime::throw_from_fault(faulted, bug);
}

} // namespace arch
