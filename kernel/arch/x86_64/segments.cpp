// Descriptor tables and model-specific registers: what makes a processor one of ours.
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/features.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/stop.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "kernel/arch/x86_64/traps.hpp"

#include <new>

namespace arch {
namespace {

/// Intel SDM volume 3, figure 6-8: 64-bit interrupt gate.
struct Gate {
    u16 offset_low;
    u16 selector;
    u8 stack;
    u8 kind;
    u16 offset_middle;
    u32 offset_high;
    u32 reserved;
};

struct [[gnu::packed]] TablePointer {
    u16 limit;
    u64 base;
};

alignas(16) constinit Gate gates[256] = {};

enum class Privilege : u8 { kernel = 0x8e, user = 0xee };

void set_gate(u32 vector, u64 handler, u8 stack = 0, Privilege from = Privilege::kernel) {
    gates[vector] = {
        .offset_low = static_cast<u16>(handler),
        .selector = KERNEL_CODE,
        .stack = stack,
        .kind = static_cast<u8>(from),
        .offset_middle = static_cast<u16>(handler >> 16),
        .offset_high = static_cast<u32>(handler >> 32),
        .reserved = 0,
    };
}

constexpr u8 double_fault_stack = 1;
constexpr u8 nmi_stack = 2;
constexpr u8 machine_check_stack = 3;

void fill_gates() {
    u64 const stubs = reinterpret_cast<u64>(&trap_stubs);
    for (u32 vector = 0; vector < 256; ++vector)
        set_gate(vector, stubs + vector * 16);
    set_gate(2, reinterpret_cast<u64>(&nmi_entry), nmi_stack);
    set_gate(8, reinterpret_cast<u64>(&double_fault_entry), double_fault_stack);
    set_gate(18, reinterpret_cast<u64>(&machine_check_entry), machine_check_stack);
    // `int3` and `into` are for programs.
    set_gate(3, stubs + 3 * 16, 0, Privilege::user);
    set_gate(4, stubs + 4 * 16, 0, Privilege::user);
}

void fill_segments(CpuData& cpu) {
    u64 const state = address_of(&cpu.task_state).value();
    u64 const limit = sizeof(TaskState) - 1;
    cpu.segments[0] = 0;
    cpu.segments[KERNEL_CODE / 8] = 0x00af'9b00'0000'ffff;
    cpu.segments[KERNEL_DATA / 8] = 0x00cf'9300'0000'ffff;
    cpu.segments[USER_CODE_32 / 8] = 0x00cf'fb00'0000'ffff;
    cpu.segments[USER_DATA / 8] = 0x00cf'f300'0000'ffff;
    cpu.segments[USER_CODE / 8] = 0x00af'fb00'0000'ffff;
    cpu.segments[TASK_STATE / 8] =
        limit | (state & 0xff'ffff) << 16 | u64{0x89} << 40 | (state >> 24 & 0xff) << 56;
    cpu.segments[TASK_STATE / 8 + 1] = state >> 32;
}

} // namespace

Result<void> prepare_cpu_slot(usize index, u32 apic_id) {
    auto const map = [&](usize page) -> Result<void> {
        auto const frame =
            early_memory_open() ? early_frame() : TRY(upcall::allocate_table_frame());
        return enter_kernel_page(cpu_slot::start(index) + page * page_size, frame,
                                 entry_present | entry_writable | entry_global | entry_no_execute);
    };
    for (usize page = 0; page < cpu_slot::data_pages; ++page)
        TRY(map(page));
    for (auto const& stack : cpu_slot::stacks)
        for (usize page = 0; page < stack.count; ++page)
            TRY(map(stack.first + page));

    auto& cpu = *::new (&cpu_data(index)) CpuData{};
    cpu.self = &cpu;
    cpu.index = static_cast<u32>(index);
    cpu.apic_id = apic_id;
    cpu.preemption_depth = 1;
    cpu.kernel_stack = cpu_slot::top(index, cpu_slot::boot).value();
    cpu.context = &cpu.boot_context;
    cpu.task_state.stacks[0] = cpu.kernel_stack;
    cpu.task_state.guarded_stacks[double_fault_stack - 1] =
        cpu_slot::top(index, cpu_slot::double_fault).value();
    cpu.task_state.guarded_stacks[nmi_stack - 1] = cpu_slot::top(index, cpu_slot::nmi).value();
    cpu.task_state.guarded_stacks[machine_check_stack - 1] =
        cpu_slot::top(index, cpu_slot::machine_check).value();
    cpu.task_state.io_map = sizeof(TaskState);
    fill_segments(cpu);
    return {};
}

void load_cpu(usize index) {
    auto& cpu = cpu_data(index);
    if (index == 0)
        fill_gates();
    TablePointer const segments{sizeof cpu.segments - 1, address_of(cpu.segments).value()};
    TablePointer const interrupts{sizeof gates - 1, address_of(gates).value()};
    // Safe because both tables are filled and stay mapped for good.
    asm volatile("lgdt %0\n\t"
                 "pushq %1\n\t"
                 "leaq 1f(%%rip), %%rax\n\t"
                 "pushq %%rax\n\t"
                 "lretq\n"
                 "1:\n\t"
                 "movl %2, %%ds\n\t"
                 "movl %2, %%es\n\t"
                 "movl %2, %%ss\n\t"
                 "lidt %3\n\t"
                 "ltr %w4"
                 :
                 : "m"(segments), "i"(KERNEL_CODE), "r"(KERNEL_DATA), "m"(interrupts),
                   "r"(TASK_STATE)
                 : "rax", "memory");
    write_msr(Msr::gs_base, address_of(&cpu).value());
    write_msr(Msr::kernel_gs_base, 0);
    write_msr(Msr::fs_base, 0);
    enable_cpu_features();

    write_msr(Msr::efer, read_msr(Msr::efer) | 1);
    write_msr(Msr::star, u64{KERNEL_CODE} << 32 | u64{USER_CODE_32 | 3} << 48);
    write_msr(Msr::lstar, reinterpret_cast<u64>(&syscall_entry));
    // Cleared on entry: AC, NT, IOPL, DF, IF, TF.
    write_msr(Msr::syscall_mask, 0x47700);
}

char const* overflowed_stack(VirtAddr at) {
    if (at >= layout::cpu_area && at < cpu_slot::start(max_cpus)) {
        usize const page = (at - layout::cpu_area) / page_size % cpu_slot::pages;
        for (auto const& stack : cpu_slot::stacks)
            if (page + 1 == stack.first)
                return stack.name;
        return nullptr;
    }
    return upcall::guarded_stack_owner(at);
}

} // namespace arch
