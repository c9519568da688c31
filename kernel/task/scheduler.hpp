// Scheduling calls for the rooms above: sleeping, yielding, load.
#pragma once

#include "kernel/sync/blocking.hpp"
#include "kernel/sync/whole_list.hpp"
#include "kernel/task/thread.hpp"
#include "kernel/task/treap.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/function_ref.hpp"

namespace task {

/// Turns the boot context of this CPU into its idle thread. First on the boot CPU, then by each
/// other.
void initialise_this_cpu();
/// The idle loop; never returns.
[[noreturn]] void idle();
/// One turn of it: runs what is ready, or waits for an interrupt.
void run_others_or_wait();

void yield();
/// Sleeps until `deadline` (monotonic). ERESTARTSYS with the thread interrupted.
Result<void> sleep_until(Nanoseconds deadline, ksync::Wait how = ksync::Wait::interruptible);

/// Wakes a thread that sleeps interruptibly because a signal came, or interrupts it in user mode.
void kick(Thread& thread);
/// Stops the running thread (job control) until resume(); returns at once if that came since the
/// last forget_resume(), so callers loop: forget_resume(), look whether to stop, stop_current().
void stop_current();
void forget_resume();
/// Also for a signal that kills a stopped thread; kick() leaves it stopped.
void resume(Thread& thread);

/// One-shot callback on the monotonic clock; runs in interrupt context on the CPU that armed it,
/// must not sleep, may arm the timer again. Calls on one timer are serialised by its owner.
class Timer {
public:
    using Callback = void (*)(void* context);

    Timer(Callback callback, void* context) : callback_(callback), context_(context) {}

    Timer(Timer const&) = delete;
    Timer& operator=(Timer const&) = delete;

    ~Timer() { cancel(); }

    /// Replaces the deadline of an armed timer.
    void arm(Nanoseconds deadline);
    /// After it returns the callback does not run any more (it may have run). Waits for a callback
    /// that runs on another CPU, so no lock may be held that the callback takes.
    void cancel() noexcept;

    bool armed() const { return armed_.load(); }

    Nanoseconds deadline() const { return deadline_; }

private:
    friend struct TimerQueue;
    friend struct TimerOrder;
    friend struct TimersByLinks;
    bool is_out();

    Callback callback_;
    void* context_;
    Nanoseconds deadline_ = Nanoseconds::never();
    u64 sequence_ = 0;
    TreapLinks<Timer> links_;
    ksync::WholeLinks<Timer> all_; ///< in the list of those that are armed on that CPU
    Atomic<u32> cpu_{0};
    Atomic<bool> armed_{false};
};

/// Runs work(context) in a kernel thread soon; from any context. Work scheduled while it waits runs
/// once. The item must outlive its run, and may be gone when that returns.
class DeferredWork {
public:
    using Function = void (*)(void* context);

    constexpr DeferredWork(Function work, void* context) : work_(work), context_(context) {}

    DeferredWork(DeferredWork const&) = delete;
    DeferredWork& operator=(DeferredWork const&) = delete;

    void schedule();

private:
    friend struct DeferredQueue;
    Function work_;
    void* context_;
    DeferredWork* next_ = nullptr;
    Atomic<bool> queued_{false};
    u8 failures_ = 0;
};

/// Time that a CPU spent so far, for /proc/stat.
struct CpuTimes {
    Nanoseconds user, nice, system, idle;
};

CpuTimes cpu_times(usize cpu);

/// 1, 5 and 15 minute averages in 1/65536.
struct LoadAverage {
    u64 one, five, fifteen;
    u32 running, threads;
};

LoadAverage load_average();
u64 context_switches();

} // namespace task
