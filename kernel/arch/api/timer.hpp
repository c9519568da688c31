// Time: the monotonic clock, each CPU's one-shot timer, and the wall clock at boot.
#pragma once

#include "libs/base/units.hpp"

namespace arch {

/// Since boot; the same on all CPUs up to their synchronisation, never runs backwards on one.
Nanoseconds now();
/// upcall::timer_expired() runs on this CPU at or soon after `deadline` (monotonic); replaces the
/// last. Nanoseconds::never() disarms. Call with interrupts disabled.
void arm_timer(Nanoseconds deadline);
/// Unix time at which the monotonic clock was zero, read from the platform's clock once.
Nanoseconds boot_wall_time();
/// Raw counter for mixing into randomness.
u64 cycle_count();

} // namespace arch

// The few-instruction ones, in the caller.
#if !defined(LINNET_HOST)
#include "kernel/arch/inline/timer.hpp"
#endif
