// Switching between threads, and their first steps.
#include "kernel/arch/api/context.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/features.hpp"
#include "kernel/arch/x86_64/fpu.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/traps.hpp"

#include <cstring>

namespace arch {
namespace {

/// What switch_stack() pops.
struct SwitchFrame {
    u64 r15, r14, r13, r12, rbx, rbp;
    u64 return_to;
};

void push_frame(Context& context, VirtAddr below, SwitchFrame const& frame) {
    auto const at = below - sizeof frame;
    *pointer_to<SwitchFrame>(at) = frame;
    context.stack_pointer = at.value();
}

Result<std::byte*> new_fpu_area() {
    auto* const area =
        static_cast<std::byte*>(upcall::allocate_bytes(cpu_features.xsave_bytes, 64));
    if (area == nullptr)
        return fail(Errno::enomem);
    initialise_fpu_area(area);
    return area;
}

void load_tls(CpuData& cpu, Context const& context) {
    if (cpu.loaded_fs_base != context.fs_base) {
        write_msr(Msr::fs_base, context.fs_base);
        cpu.loaded_fs_base = context.fs_base;
    }
    if (cpu.loaded_gs_base != context.gs_base) {
        write_msr(Msr::kernel_gs_base, context.gs_base);
        cpu.loaded_gs_base = context.gs_base;
    }
}

bool is_running(Context const& context) {
    return &current_context() == &context;
}

} // namespace

Context::~Context() {
    if (fpu != nullptr)
        upcall::free_bytes(fpu, cpu_features.xsave_bytes);
}

Result<void> Context::start_at(VirtAddr top, void (*entry)(void*), void* argument) {
    stack_top = top.value();
    push_frame(*this, top,
               {.r12 = reinterpret_cast<u64>(argument),
                .rbx = reinterpret_cast<u64>(entry),
                .rbp = 0,
                .return_to = reinterpret_cast<u64>(&thread_entry)});
    return {};
}

Result<void> Context::start_user(VirtAddr top, UserRegisters const& registers,
                                 Context const* like) {
    if (fpu == nullptr)
        fpu = TRY(new_fpu_area());
    if (like != nullptr) {
        if (like->fpu != nullptr) {
            InterruptsOff const off;
            if (is_running(*like))
                save_fpu(like->fpu);
            std::memcpy(fpu, like->fpu, cpu_features.xsave_bytes);
        }
        fs_base = like->fs_base;
        gs_base = like->gs_base;
    }
    stack_top = top.value();
    user_registers() = registers;
    push_frame(*this, address_of(&user_registers()),
               {.return_to = reinterpret_cast<u64>(&user_thread_entry)});
    return {};
}

UserRegisters& Context::user_registers() {
    return *pointer_to<UserRegisters>(VirtAddr(stack_top - sizeof(UserRegisters)));
}

u64 Context::tls_base() const {
    return fs_base;
}

void Context::set_tls_base(u64 base) {
    InterruptsOff const off;
    fs_base = base;
    if (is_running(*this))
        load_tls(this_cpu(), *this);
}

u64 Context::second_tls_base() const {
    return gs_base;
}

void Context::set_second_tls_base(u64 base) {
    InterruptsOff const off;
    gs_base = base;
    if (is_running(*this))
        load_tls(this_cpu(), *this);
}

Result<void> Context::reset_fpu() {
    if (fpu == nullptr)
        fpu = TRY(new_fpu_area());
    InterruptsOff const off;
    initialise_fpu_area(fpu);
    if (is_running(*this))
        load_fpu(fpu);
    return {};
}

void Context::save_float_state() {
    InterruptsOff const off;
    if (fpu != nullptr)
        save_fpu(fpu);
}

ConstBytes Context::float_state() const {
    return {fpu, fpu != nullptr ? cpu_features.xsave_bytes : usize{0}};
}

VITAL void switch_context(Context& from, Context& to) {
    auto& cpu = this_cpu();
    if (from.fpu != nullptr)
        save_fpu(from.fpu);
    cpu.context = &to;
    cpu.kernel_stack = to.stack_top;
    cpu.task_state.stacks[0] = to.stack_top;
    if (to.fpu != nullptr) {
        load_fpu(to.fpu);
        load_tls(cpu, to);
    }
    switch_stack(&from.stack_pointer, to.stack_pointer);
}

void enter_user(Context& self, UserRegisters const& registers) {
    auto& top = self.user_registers();
    std::memmove(&top, &registers, sizeof top);
    disable_interrupts();
    restart_user(&top);
}

UserRegisters program_start(UserAddr entry, UserAddr stack) {
    UserRegisters registers{};
    registers.orig_rax = ~u64{0};
    registers.rip = entry.value();
    registers.rsp = stack.value();
    registers.cs = USER_CODE;
    registers.ss = USER_DATA;
    registers.rflags = flag_interrupts | 2;
    return registers;
}

} // namespace arch
