// Clocks and sleeping.
#include "kernel/syscall/time.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/types.hpp"

#include <algorithm>

namespace sys {

namespace {

using uapi::Clock;

constexpr i64 second = 1'000'000'000;

/// Clock numbers below zero name a process's or thread's CPU time: ~pid << 3, and which.
struct CpuClock {
    Pid pid;
    bool thread;
};

std::optional<CpuClock> cpu_clock(i32 clock) {
    if (clock >= 0 || (clock & 3) == 3)
        return std::nullopt;
    return CpuClock{Pid{static_cast<int>(~(clock >> 3))}, (clock & 4) != 0};
}

Nanoseconds sum(process::Usage const& usage) {
    return usage.user + usage.system;
}

Result<Nanoseconds> read_cpu_clock(process::Thread& caller, CpuClock which) {
    auto& spaces = process::pid_space();
    if (which.thread) {
        auto const thread = which.pid == Pid{} ? Ref<process::Thread>::share(&caller)
                                               : spaces.find_thread(which.pid);
        if (!thread || &thread->process() != &caller.process())
            return fail(Errno::einval);
        return sum(thread->usage());
    }
    auto const process = which.pid == Pid{} ? Ref<process::Process>::share(&caller.process())
                                            : spaces.find_process(which.pid);
    if (!process)
        return fail(Errno::einval);
    return sum(process->usage());
}

/// The wall clock is the monotonic one plus an offset.
bool is_wall(i32 clock) {
    return clock == std::to_underlying(Clock::realtime) ||
           clock == std::to_underlying(Clock::realtime_alarm) ||
           clock == std::to_underlying(Clock::tai);
}

/// CPU time, coarse and raw clocks are for looking at only.
bool is_for_waiting(i32 clock) {
    return is_wall(clock) || clock == std::to_underlying(Clock::monotonic) ||
           clock == std::to_underlying(Clock::boottime) ||
           clock == std::to_underlying(Clock::boottime_alarm);
}

/// Where a sleep that was stopped and continued takes up again.
Result<i64> resume_sleep(process::Thread& thread, process::Restart const& state);

Result<i64> sleep_till(process::Thread& caller, Nanoseconds deadline, UserAddr left_to) {
    auto const slept = task::sleep_until(deadline);
    if (slept || arch::now() >= deadline)
        return 0;
    if (left_to != UserAddr())
        TRY(copy_out(left_to, to_timespec(std::max(deadline - arch::now(), Nanoseconds()))));
    caller.restart = {.resume = resume_sleep, .deadline = deadline, .address = left_to};
    return fail(Errno::erestart_restartblock);
}

Result<i64> resume_sleep(process::Thread& thread, process::Restart const& state) {
    return sleep_till(thread, state.deadline, state.address);
}

} // namespace

Result<Nanoseconds> duration_of(uapi::timespec const& time) {
    if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= second)
        return fail(Errno::einval);
    if (time.seconds > INT64_MAX / second - 1)
        return Nanoseconds::never();
    return Nanoseconds(time.seconds * second + time.nanoseconds);
}

Result<Nanoseconds> duration_of(uapi::timeval const& time) {
    if (time.microseconds < 0 || time.microseconds >= 1'000'000)
        return fail(Errno::einval);
    return duration_of(uapi::timespec{time.seconds, time.microseconds * 1000});
}

uapi::timespec to_timespec(Nanoseconds time) {
    return {time.count() / second, time.count() % second};
}

uapi::timeval to_timeval(Nanoseconds time) {
    return {time.count() / second, time.count() % second / 1000};
}

Result<Nanoseconds> read_clock(process::Thread& caller, i32 clock) {
    if (auto const cpu = cpu_clock(clock))
        return read_cpu_clock(caller, *cpu);
    switch (static_cast<Clock>(clock)) {
    case Clock::realtime:
    case Clock::realtime_coarse:
    case Clock::realtime_alarm:
    case Clock::tai:
        return vfs::wall_now();
    case Clock::monotonic:
    case Clock::monotonic_raw:
    case Clock::monotonic_coarse:
    case Clock::boottime:
    case Clock::boottime_alarm:
        return arch::now();
    case Clock::process_cpu:
        return sum(caller.process().usage());
    case Clock::thread_cpu:
        return sum(caller.usage());
    }
    return fail(Errno::einval);
}

Result<uapi::timespec> clock_gettime(process::Thread& caller, i32 clock) {
    return to_timespec(TRY(read_clock(caller, clock)));
}

Result<void> clock_settime(process::Thread& caller, i32 clock, In<uapi::timespec> const& time) {
    auto const wanted = TRY(duration_of(*time));
    if (clock != std::to_underlying(Clock::realtime))
        return fail(Errno::einval);
    if (!caller.credentials()->has(vfs::Capability::sys_time))
        return fail(Errno::eperm);
    vfs::set_wall_time(wanted);
    return {};
}

Result<uapi::timespec> clock_getres(process::Thread& caller, i32 clock) {
    TRY(read_clock(caller, clock));
    constexpr i64 coarse = 4'000'000;
    bool const is_coarse = clock == std::to_underlying(Clock::realtime_coarse) ||
                           clock == std::to_underlying(Clock::monotonic_coarse);
    return uapi::timespec{0, is_coarse ? coarse : 1};
}

Result<void> gettimeofday(Out<uapi::timeval> to, Out<uapi::TimeZone> zone) {
    TRY(to.write_if_given(to_timeval(vfs::wall_now())));
    return zone.write_if_given({0, 0});
}

Result<void> settimeofday(process::Thread& caller, OptionalIn<uapi::timeval> const& wanted,
                          OptionalIn<uapi::TimeZone> const&) {
    if (!caller.credentials()->has(vfs::Capability::sys_time))
        return fail(Errno::eperm);
    if (wanted)
        vfs::set_wall_time(TRY(duration_of(*wanted)));
    return {};
}

Result<i64> time(Out<i64> to) {
    i64 const now = vfs::wall_now().count() / second;
    TRY(to.write_if_given(now));
    return now;
}

Result<void> nanosleep(process::Thread& caller, In<uapi::timespec> const& wanted,
                       Out<uapi::timespec> left) {
    auto const duration = TRY(duration_of(*wanted));
    TRY(sleep_till(caller, arch::now() + duration, left.address()));
    return {};
}

Result<void> clock_nanosleep(process::Thread& caller, i32 clock, u32 flags,
                             In<uapi::timespec> const& wanted, Out<uapi::timespec> left) {
    auto const now = TRY(read_clock(caller, clock));
    auto const duration = TRY(duration_of(*wanted));
    bool const absolute = (flags & uapi::timer_absolute) != 0;
    if (!is_for_waiting(clock))
        return fail(Errno::enotsup); // sleeping on CPU time is not supported
    if (!absolute) {
        TRY(sleep_till(caller, arch::now() + duration, left.address()));
        return {};
    }
    auto const deadline = is_wall(clock) ? arch::now() + (duration - now) : duration;
    if (!task::sleep_until(deadline) && arch::now() < deadline)
        return fail(Errno::erestartnohand);
    return {};
}

Result<i64> times(process::Thread& caller, Out<uapi::ProcessTimes> to) {
    constexpr i64 tick = second / uapi::ticks_per_second;
    auto& process = caller.process();
    uapi::ProcessTimes result{};
    {
        auto tree = process::pid_space().lock();
        auto const usage = process.usage(tree);
        result = {usage.user.count() / tick, usage.system.count() / tick,
                  process.reaped_children.user.count() / tick,
                  process.reaped_children.system.count() / tick};
    }
    TRY(to.write_if_given(result));
    return arch::now().count() / tick;
}

Result<uapi::ResourceUsage> getrusage(process::Thread& caller, int whose) {
    auto& process = caller.process();
    switch (whose) {
    case uapi::usage_self:
        return process.usage().abi();
    case uapi::usage_thread:
        return caller.usage().abi();
    case uapi::usage_children: {
        auto const tree = process::pid_space().lock();
        return process.reaped_children.abi();
    }
    default:
        return fail(Errno::einval);
    }
}

} // namespace sys
