// This CPU: its index, its current thread, preemption, and waiting.
#pragma once

#include "libs/base/types.hpp"

namespace arch {

inline constexpr usize max_cpus = 64;

/// Dense index of this CPU, 0 for the one that booted. Stable only while preemption is off.
usize cpu_index();
/// CPUs that are running; grows while start_cpus() works, indices 0 to count - 1.
usize cpu_count();

/// What the scheduler stored for this CPU; nullptr before it did. Safe with preemption on.
void* current_thread();
/// Called by the scheduler with interrupts off, just before or after the switch.
void set_current_thread(void* thread);

/// Preemption nests; a CPU starts with it disabled once.
void disable_preemption();
/// Enabling the last level runs upcall::reschedule() if it was requested and interrupts are on.
void enable_preemption();
/// As enable_preemption(), without rescheduling here.
void enable_preemption_quietly();
u32 preemption_depth();
/// For a catch of a KernelBug: back to `depth`.
void reset_preemption(u32 depth);

/// Marks that this CPU should call upcall::reschedule() at the next chance.
void request_reschedule();
bool reschedule_requested();
void clear_reschedule_request();
/// Makes another CPU notice a request: an interrupt whose return reschedules.
void send_reschedule(usize cpu);

/// Whether this CPU is inside an interrupt handler.
bool in_interrupt();

/// In a spinning loop.
void relax();
/// Entered with interrupts disabled: enables them and sleeps until one came, without a lost
/// wake-up. Returns with interrupts enabled.
void wait_for_interrupt();

/// Starts every other CPU the platform describes. Each runs upcall::secondary_cpu(index) on its own
/// boot stack. Returns when all that answer within a bounded time are counted, or `most` run.
void start_cpus(usize most = max_cpus);

/// Short model text, as /proc/cpuinfo shows it.
struct CpuDescription {
    char vendor[13];
    char brand[49];
    u32 family, model, stepping;
    u64 khz;
};

CpuDescription describe_cpu();

} // namespace arch

// The few-instruction ones, in the caller.
#if !defined(LINNET_HOST)
#include "kernel/arch/inline/cpu.hpp"
#endif
