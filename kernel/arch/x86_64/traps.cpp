// Where every trap arrives in C++: dispatch, and the way back to user mode.
#include "kernel/arch/x86_64/traps.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/stop.hpp"
#include "libs/base/retry.hpp"

using namespace arch;

namespace {

/// `iretq` and `sysret` to an address that no pointer can hold fault in the kernel.
bool canonical(u64 address) {
    return static_cast<u64>(static_cast<i64>(address << 16) >> 16) == address;
}

void enter_interrupt() {
    asm volatile("incl %%gs:%c0" : : "i"(CPU_INTERRUPTS) : "memory", "cc");
}

void leave_interrupt() {
    asm volatile("decl %%gs:%c0" : : "i"(CPU_INTERRUPTS) : "memory", "cc");
}

bool fits_sysret(UserRegisters const& registers) {
    constexpr u64 resume_flag = u64{1} << 16;
    if (registers.rcx != registers.rip || registers.r11 != registers.rflags) [[unlikely]]
        return false;
    if (registers.cs != USER_CODE || registers.ss != USER_DATA) [[unlikely]]
        return false;
    return (registers.rip >> 47 | (registers.rflags & (flag_trap | resume_flag))) == 0;
}

// What bugs of handlers cost is decided where they are called. What follows is for bugs on the way
// there, which would be nobody's, or worse, whoever's was interrupted: it is done once more.

/// The interrupt counts as served, and is acknowledged, whatever becomes of it.
void serve_interrupt(u32 vector) {
    u32 const preemption = preemption_depth();
    enter_interrupt();
    retry_after_bug([&] { handle_interrupt(vector); },
                    [&] {
                        disable_interrupts();
                        reset_preemption(preemption);
                    });
    leave_interrupt();
}

/// Whether what was interrupted in the kernel may be kept from going on for now.
bool may_preempt(UserRegisters const& registers) {
    return (registers.rflags & flag_interrupts) != 0 && preemption_depth() == 0 &&
           reschedule_requested() && !in_interrupt();
}

/// Whether the program can go on, with interrupts off; else something was done for it first.
bool ready_for_user(UserRegisters& registers) {
    disable_interrupts();
    if (reschedule_requested()) {
        upcall::reschedule();
    } else if (upcall::work_before_user()) {
        enable_interrupts();
        upcall::before_user(registers);
    } else if (!canonical(registers.rip)) {
        enable_interrupts();
        upcall::user_fault(registers, {.kind = upcall::UserFault::Kind::protection});
    } else {
        upcall::leaving_to_user();
        return true;
    }
    return false;
}

/// Says whether `sysret` will do after all.
[[gnu::noinline]] bool prepare_user_slowly(UserRegisters& registers) {
    prepare_user(registers);
    return fits_sysret(registers);
}

} // namespace

void handle_trap(u32 vector, UserRegisters& registers, u64 error) {
    bool const is_interrupt = vector >= first_interrupt_vector;
    if (retry_after_bug([&] { return from_user(registers); })) {
        upcall::entered_from_user();
        if (is_interrupt)
            serve_interrupt(vector);
        else
            handle_user_exception(static_cast<Vector>(vector), registers, error);
        prepare_user(registers);
    } else if (is_interrupt) {
        serve_interrupt(vector);
        if (retry_after_bug([&] { return may_preempt(registers); })) {
            upcall::reschedule();
            if (retry_after_bug([] { return upcall::is_abandoned(); }))
                throw_interrupted(registers);
        }
    } else {
        handle_kernel_exception(static_cast<Vector>(vector), registers, error);
    }
}

bool handle_system_call(UserRegisters& registers) {
    upcall::entered_from_user();
    enable_interrupts();
    upcall::system_call(registers);
    disable_interrupts();
    return retry_after_bug([&] {
        // What prepare_user() does when nothing is to be done first.
        if (reschedule_requested() || upcall::work_before_user() || !fits_sysret(registers))
            [[unlikely]]
            return prepare_user_slowly(registers);
        upcall::leaving_to_user();
        return true;
    });
}

void prepare_user(UserRegisters& registers) {
    while (!retry_after_bug([&] { return ready_for_user(registers); })) {
    }
}

void handle_trap_anywhere(u32 vector, UserRegisters& registers, u64) {
    switch (static_cast<Vector>(vector)) {
    case Vector::nmi:
        serve_catcher(registers);
        return; // nobody else sends any
    case Vector::double_fault: {
        VirtAddr const at(read_cr2());
        auto const* const owner = overflowed_stack(at);
        if (owner != nullptr && throw_overflow_on_return(registers, at))
            return;
        upcall::fatal(owner != nullptr ? owner : "double fault", &registers);
    }
    default:
        upcall::fatal("machine check: the hardware reports an error", &registers);
    }
}

void begin_thread(void* argument, void (*entry)(void*)) {
    upcall::thread_started();
    entry(argument);
    upcall::fatal("a kernel thread returned from its entry", nullptr);
}

void begin_user_thread(UserRegisters& registers) {
    upcall::thread_started();
    disable_interrupts();
    prepare_user(registers);
}
