// System calls about clocks, sleeping and timers.
#pragma once

#include "abi/resource.hpp"
#include "abi/signal.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"
#include "libs/base/units.hpp"

namespace sys {

/// EINVAL for what is not a valid time.
Result<Nanoseconds> duration_of(uapi::timespec const& time);
Result<Nanoseconds> duration_of(uapi::timeval const& time);
uapi::timespec to_timespec(Nanoseconds time);
uapi::timeval to_timeval(Nanoseconds time);
/// What a clock shows now. EINVAL for clocks that do not exist.
Result<Nanoseconds> read_clock(process::Thread& caller, i32 clock);

Result<uapi::timespec> clock_gettime(process::Thread& caller, i32 clock);
Result<void> clock_settime(process::Thread& caller, i32 clock, In<uapi::timespec> const& time);
Result<uapi::timespec> clock_getres(process::Thread& caller, i32 clock);
Result<void> gettimeofday(Out<uapi::timeval> time, Out<uapi::TimeZone> zone);
Result<void> settimeofday(process::Thread& caller, OptionalIn<uapi::timeval> const& time,
                          OptionalIn<uapi::TimeZone> const& zone);
Result<i64> time(Out<i64> to);
Result<void> nanosleep(process::Thread& caller, In<uapi::timespec> const& wanted,
                       Out<uapi::timespec> left);
Result<void> clock_nanosleep(process::Thread& caller, i32 clock, u32 flags,
                             In<uapi::timespec> const& wanted, Out<uapi::timespec> left);
Result<i64> times(process::Thread& caller, Out<uapi::ProcessTimes> to);
Result<uapi::ResourceUsage> getrusage(process::Thread& caller, int whose);

Result<uapi::IntervalTimer> getitimer(process::Thread& caller, uapi::ITimer which);
Result<void> setitimer(process::Thread& caller, uapi::ITimer which,
                       OptionalIn<uapi::IntervalTimer> const& wanted, Out<uapi::IntervalTimer> old);
u32 alarm(process::Thread& caller, u32 seconds);
Result<i32> timer_create(process::Thread& caller, i32 clock,
                         OptionalIn<uapi::SigEvent> const& event);
Result<void> timer_settime(process::Thread& caller, i32 timer, u32 flags,
                           In<uapi::IntervalTimerSpec> const& wanted,
                           Out<uapi::IntervalTimerSpec> old);
Result<uapi::IntervalTimerSpec> timer_gettime(process::Thread& caller, i32 timer);
Result<i32> timer_getoverrun(process::Thread& caller, i32 timer);
Result<void> timer_delete(process::Thread& caller, i32 timer);

} // namespace sys
