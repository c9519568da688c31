// What the scheduler keeps of each thread.
#pragma once

#include "kernel/sync/blocking.hpp"
#include "kernel/sync/whole_list.hpp"
#include "kernel/task/fair_queue.hpp"
#include "kernel/task/placement.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/units.hpp"

namespace task {

class Thread;

enum class State : u8 {
    fresh,           ///< created, not started
    runnable,        ///< running or ready
    sleeping,        ///< until woken or a signal comes
    uninterruptible, ///< until woken, or killed if the wait allows that
    stopped,         ///< by job control
    dead,
};

/// How a thread competes for the CPU.
struct Policy {
    int nice = 0;      ///< -20 to 19
    bool idle = false; ///< SCHED_IDLE

    u32 weight() const { return idle ? weight_of_idle_policy : weight_of(nice); }
};

/// Protected by the lock of the run queue named by `cpu`, unless noted. A thread changes CPU only
/// with that lock held, and is then in no queue.
struct Scheduling {
    FairEntity entity;
    Thread* thread = nullptr;
    /// The thread itself sets it to a blocked state without a lock; only a waker, with the lock,
    /// sets it back.
    Atomic<State> state{State::fresh};
    Atomic<ksync::Wait> wait{ksync::Wait::uninterruptible};
    Atomic<u32> cpu{0};
    CpuSet affinity;
    Policy policy;
    bool resume_pending = false; ///< resume() came before stop_current()
    bool in_load = false;        ///< among those that sleep uninterruptibly, for the load
    Nanoseconds since;           ///< when the time below was last brought up to date
    Nanoseconds ran;             ///< in all, on a CPU
    // Changed by the thread itself with preemption off, and at its switches; read by anybody.
    Atomic<bool> user_mode{false};
    Atomic<Nanoseconds> user_since{Nanoseconds()}; ///< while in user mode: counted until here
    Atomic<Nanoseconds> in_user{Nanoseconds()};    ///< of `ran`, in user mode
    u64 voluntary_switches = 0;
    u64 involuntary_switches = 0;
    Thread* next_dead = nullptr;       ///< in the list of those to be freed
    ksync::WholeLinks<Scheduling> all; ///< in the list of all threads, under its lock

    /// In user mode so far, with what is not counted yet of a thread that is there now.
    Nanoseconds user_time(bool running, Nanoseconds now) const {
        Nanoseconds const counted = in_user.load(MemoryOrder::relaxed);
        if (!running || !user_mode.load(MemoryOrder::relaxed))
            return counted;
        Nanoseconds const entered = user_since.load(MemoryOrder::relaxed);
        return now < entered ? counted : counted + (now - entered);
    }

    static Scheduling& of(FairEntity& entity) { return *static_cast<Scheduling*>(entity.owner); }
};

} // namespace task
