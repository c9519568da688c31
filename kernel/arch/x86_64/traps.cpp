// Where every trap arrives in C++: dispatch, and the way back to user mode.
#include "kernel/arch/x86_64/traps.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/stop.hpp"

using namespace arch;

namespace {

/// `iretq` and `sysret` to an address that no pointer can hold fault in the kernel.
bool canonical(u64 address) {
    return static_cast<u64>(static_cast<i64>(address << 16) >> 16) == address;
}

bool fits_sysret(UserRegisters const& registers) {
    constexpr u64 resume_flag = u64{1} << 16;
    if (registers.rcx != registers.rip || registers.r11 != registers.rflags) [[unlikely]]
        return false;
    if (registers.cs != USER_CODE || registers.ss != USER_DATA) [[unlikely]]
        return false;
    return (registers.rip >> 47 | (registers.rflags & (flag_trap | resume_flag))) == 0;
}

/// Says whether `sysret` will do after all.
[[gnu::noinline]] bool prepare_user_slowly(UserRegisters& registers) {
    prepare_user(registers);
    return fits_sysret(registers);
}

} // namespace

void handle_trap(u32 vector, UserRegisters& registers, u64 error) {
    if (from_user(registers))
        upcall::entered_from_user();
    if (vector >= first_interrupt_vector) {
        auto& cpu = this_cpu();
        ++cpu.interrupt_depth;
        handle_interrupt(vector);
        --cpu.interrupt_depth;
        if (from_user(registers))
            prepare_user(registers);
        else if ((registers.rflags & flag_interrupts) != 0 && preemption_depth() == 0 &&
                 reschedule_requested() && !in_interrupt()) {
            upcall::reschedule();
            if (upcall::is_abandoned())
                throw_interrupted(registers);
        }
        return;
    }
    if (from_user(registers)) {
        handle_user_exception(static_cast<Vector>(vector), registers, error);
        disable_interrupts();
        prepare_user(registers);
    } else {
        handle_kernel_exception(static_cast<Vector>(vector), registers, error);
    }
}

bool handle_system_call(UserRegisters& registers) {
    upcall::entered_from_user();
    enable_interrupts();
    upcall::system_call(registers);
    disable_interrupts();
    // What prepare_user() does when nothing is to be done first.
    if (reschedule_requested() || upcall::work_before_user() || !fits_sysret(registers))
        [[unlikely]]
        return prepare_user_slowly(registers);
    upcall::leaving_to_user();
    return true;
}

void prepare_user(UserRegisters& registers) {
    for (;;) {
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
            return;
        }
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
