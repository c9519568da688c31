// What each CPU keeps for itself, found through its GS base while the kernel runs.
#pragma once

#include "kernel/arch/api/context.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/user_registers.hpp"
#include "kernel/arch/x86_64/asm_offsets.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/result.hpp"
#include "libs/base/units.hpp"

namespace arch {

/// Intel SDM volume 3, figure 8-11: the 64-bit task state segment.
struct [[gnu::packed]] TaskState {
    u32 reserved0;
    u64 stacks[3]; ///< [0]: the stack that entries from user mode start on
    u64 reserved1;
    u64 guarded_stacks[7]; ///< [n - 1] is used by gates that name stack n
    u64 reserved2;
    u16 reserved3;
    u16 io_map;
};

static_assert(sizeof(TaskState) == 104);

struct Shootdown;

struct CpuData {
    CpuData* self;
    u64 kernel_stack;
    u64 user_stack;
    void* thread;
    Context* context; ///< of the running thread
    u32 preemption_depth;
    u32 reschedule; ///< whether upcall::reschedule() was asked for
    u32 index;
    u32 interrupt_depth;

    u32 apic_id;
    Atomic<u64> active_root;       ///< the top table in CR3
    Atomic<u64> shootdown_senders; ///< bit n: CPU n waits for us to flush what it published
    Atomic<Shootdown*> shootdown;  ///< what this CPU wants flushed by others
    Atomic<bool> online;
    u64 loaded_fs_base; ///< what the hardware has for user mode
    u64 loaded_gs_base;
    Nanoseconds timer_deadline = Nanoseconds::never();

    u64 segments[TASK_STATE / 8 + 2];
    TaskState task_state;
    Context boot_context; ///< the context that runs until the first switch
};

static_assert(offsetof(CpuData, self) == CPU_SELF);
static_assert(offsetof(CpuData, kernel_stack) == CPU_KERNEL_STACK);
static_assert(offsetof(CpuData, user_stack) == CPU_USER_STACK);
static_assert(offsetof(CpuData, thread) == CPU_THREAD);
static_assert(offsetof(CpuData, context) == CPU_CONTEXT);
static_assert(offsetof(CpuData, preemption_depth) == CPU_PREEMPTION);
static_assert(offsetof(CpuData, reschedule) == CPU_RESCHEDULE);
static_assert(offsetof(CpuData, index) == CPU_INDEX);
static_assert(offsetof(CpuData, interrupt_depth) == CPU_INTERRUPTS);
static_assert(offsetof(CpuData, thread) == detail::thread_offset);
static_assert(offsetof(CpuData, preemption_depth) == detail::preemption_offset);
static_assert(offsetof(CpuData, reschedule) == detail::reschedule_offset);
static_assert(offsetof(CpuData, index) == detail::index_offset);
static_assert(offsetof(CpuData, interrupt_depth) == detail::interrupt_offset);
static_assert(sizeof(UserRegisters) == REGISTERS_SIZE);
static_assert(offsetof(UserRegisters, orig_rax) == REGISTERS_ORIG_RAX);
static_assert(offsetof(UserRegisters, cs) == REGISTERS_CS);

/// One CPU's slot of layout::cpu_area: its data, then stacks with an unmapped page below each.
namespace cpu_slot {

inline constexpr usize pages = 32;
inline constexpr usize data_pages = 2;

struct Stack {
    usize first; ///< page within the slot
    usize count;
    char const* name;
};

inline constexpr Stack double_fault{3, 4, "double fault"};
inline constexpr Stack nmi{8, 2, "NMI"};
inline constexpr Stack machine_check{11, 2, "machine check"};
inline constexpr Stack boot{14, 8, "boot"};
inline constexpr Stack stacks[] = {double_fault, nmi, machine_check, boot};

constexpr VirtAddr start(usize cpu) {
    return layout::cpu_area + cpu * pages * page_size;
}

constexpr VirtAddr top(usize cpu, Stack const& stack) {
    return start(cpu) + (stack.first + stack.count) * page_size;
}

static_assert(sizeof(CpuData) <= data_pages * page_size);

} // namespace cpu_slot

/// The data of any CPU whose slot is mapped.
inline CpuData& cpu_data(usize index) {
    return *pointer_to<CpuData>(cpu_slot::start(index));
}

/// This CPU's. Stable only while preemption is off.
inline CpuData& this_cpu() {
    CpuData* self;
    // Safe because GS points to this CPU's data whenever C++ runs.
    asm volatile("mov %%gs:%c1, %0" : "=r"(self) : "i"(CPU_SELF));
    return *self;
}

/// The running thread's context; safe with preemption on.
inline Context& current_context() {
    Context* context;
    // Safe because one instruction reads it: whichever CPU that is, it runs this thread.
    asm volatile("mov %%gs:%c1, %0" : "=r"(context) : "i"(CPU_CONTEXT));
    return *context;
}

/// Maps the slot of CPU `index` and fills in its data. ENOMEM.
Result<void> prepare_cpu_slot(usize index, u32 apic_id);
/// Loads descriptor tables, GS and control registers; the slot must be prepared.
void load_cpu(usize index);

} // namespace arch
