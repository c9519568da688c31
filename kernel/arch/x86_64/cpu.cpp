// This CPU: per-CPU data, preemption counting, idling.
#include "kernel/arch/api/cpu.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/tlb.hpp"

namespace arch {

// One instruction each, as those in arch/inline.

void set_current_thread(void* thread) {
    asm volatile("mov %0, %%gs:%c1" : : "r"(thread), "i"(CPU_THREAD) : "memory");
}

void detail::reschedule_if_possible() {
    if (interrupts_enabled() && !in_interrupt())
        upcall::reschedule();
}

void reset_preemption(u32 depth) {
    asm volatile("mov %0, %%gs:%c1" : : "r"(depth), "i"(CPU_PREEMPTION) : "memory");
}

void request_reschedule() {
    asm volatile("movl $1, %%gs:%c0" : : "i"(CPU_RESCHEDULE) : "memory");
}

void clear_reschedule_request() {
    asm volatile("movl $0, %%gs:%c0" : : "i"(CPU_RESCHEDULE) : "memory");
}

void relax() {
    asm volatile("pause" : : : "memory");
    // Whoever spins with interrupts off must not keep others waiting for its translations.
    if (this_cpu().shootdown_senders.load(MemoryOrder::relaxed) != 0 && !interrupts_enabled())
        serve_shootdowns();
}

void wait_for_interrupt() {
    // Safe because `sti` takes effect after the next instruction: nothing comes between the two.
    asm volatile("sti; hlt" : : : "memory");
}

} // namespace arch
