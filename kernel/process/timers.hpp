// A process's timers: setitimer and alarm, and timer_create.
#pragma once

#include "abi/resource.hpp"
#include "abi/signal.hpp"
#include "kernel/process/process.hpp"
#include "kernel/sync/sound.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/vector.hpp"

namespace process {

struct TimerSetting {
    Nanoseconds interval{}; ///< 0: once
    Nanoseconds left{};     ///< 0: disarmed
};

/// What an expiry does.
struct TimerNotice {
    Signal signal{}; ///< 0: nothing
    i32 code = uapi::si_timer;
    i32 id = 0;             ///< si_timerid
    u64 value = 0;          ///< sigev_value
    Pid thread{};           ///< SIGEV_THREAD_ID; else the process
    bool cpu_limit = false; ///< RLIMIT_CPU: SIGKILL instead when the hard limit is reached
};

/// Counts on the monotonic clock or on the process's CPU time. A timer on CPU time looks when the
/// process could have used up the rest at the earliest, since it cannot run faster than time.
class ProcessTimer : public RefCounted {
public:
    enum class Basis : u8 { real, user_cpu, cpu };

    ProcessTimer(Process& owner, Basis basis, TimerNotice const& notice);

    /// Returns what was set before. `deadline_absolute` is on the timer's own basis.
    TimerSetting set(TimerSetting wanted);
    TimerSetting setting();
    void cancel() noexcept;

    u32 overrun();
    /// The signal is being taken: what was missed while it waited counts for it.
    u32 settle_overrun();

    uapi::Clock clock = uapi::Clock::monotonic;

private:
    struct State {
        Nanoseconds interval{};
        Nanoseconds due = Nanoseconds::never(); ///< on the basis
        u32 overrun = 0;
        u32 last_overrun = 0;

        /// Numbers only; `timer_` has a lock of its own.
        static bool recover() { return true; }
    };

    static void expired(void* self);
    static void handle(void* self);
    void handle_expiry();
    void notify(Process& process, u64 missed);
    Nanoseconds now(Process& process);
    void arm_for(Nanoseconds left, Process& process);
    Ref<Process> owner();

    Pid const owner_;
    Basis const basis_;
    TimerNotice const notice_;
    ksync::SpinLocked<State, ksync::Rank::process> state_;
    Atomic<bool> handling_{false};
    task::Timer timer_; ///< armed and cancelled with `state_` locked
    task::DeferredWork work_;
};

class TimerSet {
public:
    explicit TimerSet(Process& owner);
    ~TimerSet();

    ProcessTimer& interval(uapi::ITimer which);

    /// EAGAIN when there are too many.
    Result<i32> create(uapi::Clock clock, ProcessTimer::Basis basis, TimerNotice notice);
    Result<Ref<ProcessTimer>> find(i32 id);
    Result<void> remove(i32 id);

    /// RLIMIT_CPU: SIGXCPU at the soft limit and every second after, SIGKILL at the hard one.
    void watch_cpu_limit();

    /// execve deletes those of timer_create; exit all.
    void remove_created();
    void cancel_all();

private:
    static constexpr usize most = 128;
    using List = Vector<Ref<ProcessTimer>>;

    Process& owner_;
    Ref<ProcessTimer> intervals_[3];
    Ref<ProcessTimer> cpu_limit_;
    ksync::SleepLocked<ksync::Independent<List>, ksync::Rank::process> created_;
};

/// Gives the signal of a timer, as it is taken, its final overrun count.
void settle_overrun(Process& process, uapi::SigInfo& info);

} // namespace process
