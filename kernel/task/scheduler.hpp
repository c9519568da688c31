// Scheduling calls for the rooms above: sleeping, yielding, load.
#pragma once

#include "kernel/sync/blocking.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/function_ref.hpp"

namespace task {

/// Turns the boot context of this CPU into its idle thread. First on the boot CPU, then by each
/// other.
void initialise_this_cpu();
/// The idle loop; never returns.
[[noreturn]] void idle();

void yield();
/// Sleeps until `deadline` (monotonic). ERESTARTSYS with the thread interrupted.
Result<void> sleep_until(Nanoseconds deadline, ksync::Wait how = ksync::Wait::interruptible);

/// Wakes a thread that sleeps interruptibly because a signal came, or interrupts it in user mode.
void kick(Thread& thread);
/// Stops the running thread (job control) until resume(); returns when resumed or killed.
void stop_current();
void resume(Thread& thread);

/// One-shot callback on the monotonic clock; runs in interrupt context, must not sleep.
class Timer {
public:
    using Callback = void (*)(void* context);

    Timer(Callback callback, void* context) : callback_(callback), context_(context) {}

    Timer(Timer const&) = delete;
    Timer& operator=(Timer const&) = delete;

    ~Timer() { cancel(); }

    void arm(Nanoseconds deadline);
    /// After it returns the callback does not run any more (it may have run).
    void cancel() noexcept;
    bool armed() const;

    Nanoseconds deadline() const { return deadline_; }

private:
    friend struct TimerQueue;
    Callback callback_;
    void* context_;
    Nanoseconds deadline_ = Nanoseconds::never();
    Timer* previous_ = nullptr;
    Timer* next_ = nullptr;
    usize cpu_ = 0;
    bool armed_ = false;
};

/// Runs work(context) in a kernel thread soon; from any context. The item must outlive its run.
class DeferredWork {
public:
    using Function = void (*)(void* context);

    DeferredWork(Function work, void* context) : work_(work), context_(context) {}

    void schedule();

private:
    friend struct DeferredQueue;
    Function work_;
    void* context_;
    DeferredWork* next_ = nullptr;
    Atomic<bool> queued_{false};
};

struct CpuTimes {
    Nanoseconds user, nice, system, idle, interrupt;
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
