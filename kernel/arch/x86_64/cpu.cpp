// This CPU: per-CPU data, preemption counting, idling.
#include "kernel/arch/api/cpu.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/tlb.hpp"

namespace arch {

bool interrupts_enabled() {
    return (read_flags() & flag_interrupts) != 0;
}

void disable_interrupts() {
    // Safe because callers pair it with enable_interrupts().
    asm volatile("cli" : : : "memory");
}

void enable_interrupts() {
    // Safe because callers hold nothing that an interrupt handler needs.
    asm volatile("sti" : : : "memory");
}

// One instruction each, so that a thread that moves to another CPU meanwhile reads or changes one
// CPU's word as a whole; a preemption depth that is not zero keeps it where it is.

usize cpu_index() {
    u32 index;
    asm volatile("mov %%gs:%c1, %0" : "=r"(index) : "i"(CPU_INDEX));
    return index;
}

void* current_thread() {
    void* thread;
    asm volatile("mov %%gs:%c1, %0" : "=r"(thread) : "i"(CPU_THREAD));
    return thread;
}

void set_current_thread(void* thread) {
    asm volatile("mov %0, %%gs:%c1" : : "r"(thread), "i"(CPU_THREAD) : "memory");
}

void disable_preemption() {
    asm volatile("incl %%gs:%c0" : : "i"(CPU_PREEMPTION) : "memory", "cc");
}

void enable_preemption_quietly() {
    asm volatile("decl %%gs:%c0" : : "i"(CPU_PREEMPTION) : "memory", "cc");
}

void enable_preemption() {
    bool zero;
    asm volatile("decl %%gs:%c1" : "=@ccz"(zero) : "i"(CPU_PREEMPTION) : "memory");
    if (zero && reschedule_requested() && interrupts_enabled() && !in_interrupt())
        upcall::reschedule();
}

u32 preemption_depth() {
    u32 depth;
    asm volatile("mov %%gs:%c1, %0" : "=r"(depth) : "i"(CPU_PREEMPTION));
    return depth;
}

void reset_preemption(u32 depth) {
    asm volatile("mov %0, %%gs:%c1" : : "r"(depth), "i"(CPU_PREEMPTION) : "memory");
}

void request_reschedule() {
    asm volatile("movl $1, %%gs:%c0" : : "i"(CPU_RESCHEDULE) : "memory");
}

bool reschedule_requested() {
    u32 requested;
    asm volatile("mov %%gs:%c1, %0" : "=r"(requested) : "i"(CPU_RESCHEDULE));
    return requested != 0;
}

void clear_reschedule_request() {
    asm volatile("movl $0, %%gs:%c0" : : "i"(CPU_RESCHEDULE) : "memory");
}

bool in_interrupt() {
    u32 depth;
    asm volatile("mov %%gs:%c1, %0" : "=r"(depth) : "i"(CPU_INTERRUPTS));
    return depth != 0;
}

void relax() {
    asm volatile("pause" : : : "memory");
    // Whoever spins with interrupts off must not keep others waiting for its translations.
    if (this_cpu().shootdown_senders.load(std::memory_order_relaxed) != 0 && !interrupts_enabled())
        serve_shootdowns();
}

void wait_for_interrupt() {
    // Safe because `sti` takes effect after the next instruction: nothing comes between the two.
    asm volatile("sti; hlt" : : : "memory");
}

} // namespace arch
