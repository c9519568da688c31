// Calibration of the time stamp counter and the timer.
#pragma once

#include "libs/base/types.hpp"

namespace arch {

/// Measures both counters as fast as the platform allows; once, on the boot CPU.
void calibrate_clock();
u64 tsc_khz();
/// How the counters were calibrated, for the log.
char const* clock_source();

/// Waits; for hardware that asks for a pause.
void delay_microseconds(u32 count);

/// Interrupt: this CPU's timer ran down.
void handle_timer();

} // namespace arch
