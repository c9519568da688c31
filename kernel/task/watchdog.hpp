// Finds CPUs that make no progress: kernel code that keeps preemption or interrupts off.
#pragma once

#include "libs/base/types.hpp"
#include "libs/base/units.hpp"

namespace task {

/// Tells of a CPU that is stuck: in a timer's interrupt, perhaps of another CPU.
using StallReport = void (*)(usize cpu) noexcept;

/// Before further CPUs start. Linux's watchdog_thresh: a CPU that serves no request to reschedule
/// during twice that time is reported, and its thread is unwound where it can be preempted again.
/// Zero: nobody watches.
void set_watchdog(Nanoseconds threshold, StallReport report);

/// By each CPU, once.
void watch_this_cpu();

} // namespace task
