// Interval timers, alarm, and POSIX timers.
#include "kernel/arch/api/timer.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/syscall/time.hpp"
#include "kernel/vfs/types.hpp"

#include <algorithm>

namespace sys {

namespace {

using process::ProcessTimer;
using process::TimerSetting;
using uapi::Clock;

constexpr u32 most_interval_timers = 3;

uapi::IntervalTimer abi_of(TimerSetting const& setting) {
    return {to_timeval(setting.interval), to_timeval(setting.left)};
}

uapi::IntervalTimerSpec spec_of(TimerSetting const& setting) {
    return {to_timespec(setting.interval), to_timespec(setting.left)};
}

Result<void> check_which(uapi::ITimer which) {
    if (static_cast<u32>(which) >= most_interval_timers)
        return fail(Errno::einval);
    return {};
}

Result<ProcessTimer::Basis> basis_of(i32 clock) {
    switch (static_cast<Clock>(clock)) {
    case Clock::realtime:
    case Clock::monotonic:
    case Clock::boottime:
    case Clock::tai:
        return ProcessTimer::Basis::real;
    case Clock::process_cpu:
        return ProcessTimer::Basis::cpu;
    case Clock::monotonic_raw:
    case Clock::realtime_coarse:
    case Clock::monotonic_coarse:
    case Clock::thread_cpu:
        return fail(Errno::enotsup);
    default:
        return fail(Errno::einval);
    }
}

Result<process::TimerNotice> notice_of(process::Thread& caller, i32 id,
                                       OptionalIn<uapi::SigEvent> const& event) {
    process::TimerNotice notice{.signal = process::Signal::alrm, .value = static_cast<u64>(id)};
    if (!event)
        return notice;
    notice.value = event->value;
    notice.signal = static_cast<process::Signal>(event->signo);
    switch (event->notify) {
    case uapi::sigev_none:
        notice.signal = {};
        return notice;
    case uapi::sigev_signal | uapi::sigev_thread_id: {
        auto const thread = process::pid_space().find_thread(Pid{event->thread});
        if (!thread || &thread->process() != &caller.process())
            return fail(Errno::einval);
        notice.thread = thread->id();
        break;
    }
    case uapi::sigev_signal:
        break;
    default:
        return fail(Errno::einval);
    }
    if (!process::is_valid_signal(event->signo))
        return fail(Errno::einval);
    return notice;
}

} // namespace

Result<uapi::IntervalTimer> getitimer(process::Thread& caller, uapi::ITimer which) {
    TRY(check_which(which));
    return abi_of(caller.process().timers().interval(which).setting());
}

Result<void> setitimer(process::Thread& caller, uapi::ITimer which,
                       OptionalIn<uapi::IntervalTimer> const& wanted,
                       Out<uapi::IntervalTimer> old) {
    TRY(check_which(which));
    TimerSetting setting;
    if (wanted) {
        setting.interval = TRY(duration_of(wanted->interval));
        setting.left = TRY(duration_of(wanted->value));
    }
    auto const before = caller.process().timers().interval(which).set(setting);
    return old.write_if_given(abi_of(before));
}

u32 alarm(process::Thread& caller, u32 seconds) {
    auto& timer = caller.process().timers().interval(uapi::ITimer::real);
    auto const before = timer.set({{}, Nanoseconds::seconds(seconds)}).left.count();
    constexpr i64 second = 1'000'000'000;
    // Rounded, but never to 0 while something was set.
    i64 const left = (before + second / 2) / second;
    return static_cast<u32>(left == 0 && before > 0 ? 1 : left);
}

Result<i32> timer_create(process::Thread& caller, i32 clock,
                         OptionalIn<uapi::SigEvent> const& event) {
    auto const basis = TRY(basis_of(clock));
    auto const notice = TRY(notice_of(caller, 0, event));
    return caller.process().timers().create(static_cast<Clock>(clock), basis, notice);
}

Result<void> timer_settime(process::Thread& caller, i32 timer, u32 flags,
                           In<uapi::IntervalTimerSpec> const& wanted,
                           Out<uapi::IntervalTimerSpec> old) {
    TimerSetting setting;
    setting.interval = TRY(duration_of(wanted->interval));
    setting.left = TRY(duration_of(wanted->value));
    auto const found = TRY(caller.process().timers().find(timer));
    if ((flags & uapi::timer_absolute) != 0 && setting.left != Nanoseconds()) {
        auto const now = TRY(read_clock(caller, std::to_underlying(found->clock)));
        setting.left = std::max(setting.left - now, Nanoseconds(1));
    }
    return old.write_if_given(spec_of(found->set(setting)));
}

Result<uapi::IntervalTimerSpec> timer_gettime(process::Thread& caller, i32 timer) {
    return spec_of(TRY(caller.process().timers().find(timer))->setting());
}

Result<i32> timer_getoverrun(process::Thread& caller, i32 timer) {
    return static_cast<i32>(TRY(caller.process().timers().find(timer))->overrun());
}

Result<void> timer_delete(process::Thread& caller, i32 timer) {
    return caller.process().timers().remove(timer);
}

} // namespace sys
