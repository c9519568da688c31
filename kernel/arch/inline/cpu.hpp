// What of arch/api/cpu.hpp and interrupts.hpp is an instruction or two on x86-64, to be compiled
// into its callers. Only those headers include this; arch/host has ordinary functions instead.
#pragma once

#include "libs/base/types.hpp"

namespace arch {

namespace detail {

// Offsets in the CPU's data, which GS points to; arch/x86_64/cpu_data.hpp checks them.
inline constexpr int thread_offset = 24;
inline constexpr int preemption_offset = 40;
inline constexpr int reschedule_offset = 44;
inline constexpr int index_offset = 48;
inline constexpr int interrupt_offset = 52;

/// enable_preemption() went down to 0 while a reschedule is wanted.
void reschedule_if_possible();

} // namespace detail

// Safe because each reads or changes one word of this CPU with one instruction, so that a thread
// that moves to another CPU meanwhile uses one CPU's word as a whole; a preemption depth that is
// not zero keeps it where it is.

inline usize cpu_index() {
    u32 index;
    asm volatile("mov %%gs:%c1, %0" : "=r"(index) : "i"(detail::index_offset));
    return index;
}

inline void* current_thread() {
    void* thread;
    asm volatile("mov %%gs:%c1, %0" : "=r"(thread) : "i"(detail::thread_offset));
    return thread;
}

inline void disable_preemption() {
    asm volatile("incl %%gs:%c0" : : "i"(detail::preemption_offset) : "memory", "cc");
}

inline void enable_preemption_quietly() {
    asm volatile("decl %%gs:%c0" : : "i"(detail::preemption_offset) : "memory", "cc");
}

inline u32 preemption_depth() {
    u32 depth;
    asm volatile("mov %%gs:%c1, %0" : "=r"(depth) : "i"(detail::preemption_offset));
    return depth;
}

inline bool reschedule_requested() {
    bool requested;
    asm volatile("cmpl $0, %%gs:%c1" : "=@ccnz"(requested) : "i"(detail::reschedule_offset));
    return requested;
}

inline bool in_interrupt() {
    bool inside;
    asm volatile("cmpl $0, %%gs:%c1" : "=@ccnz"(inside) : "i"(detail::interrupt_offset));
    return inside;
}

inline void enable_preemption() {
    bool zero;
    asm volatile("decl %%gs:%c1" : "=@ccz"(zero) : "i"(detail::preemption_offset) : "memory");
    if (zero && reschedule_requested()) [[unlikely]]
        detail::reschedule_if_possible();
}

inline bool interrupts_enabled() {
    constexpr u64 interrupt_flag = 1 << 9;
    u64 flags;
    asm volatile("pushfq; popq %0" : "=r"(flags) : : "memory");
    return (flags & interrupt_flag) != 0;
}

inline void disable_interrupts() {
    asm volatile("cli" : : : "memory");
}

inline void enable_interrupts() {
    asm volatile("sti" : : : "memory");
}

} // namespace arch
