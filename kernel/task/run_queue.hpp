// One CPU's ready threads and timers, and the scheduler's steps on them. Private to this room.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/sync/raw_spin_lock.hpp"
#include "kernel/sync/whole_list.hpp"
#include "kernel/task/fair_queue.hpp"
#include "kernel/task/placement.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/retry.hpp"

namespace task {

/// Lock order: one run queue's lock, then others by try_acquire() only. Held across a switch:
/// taken by the thread that leaves, released by the one that comes, so that a thread which another
/// CPU finds in no queue has always been saved completely.
/// All zeros until its CPU starts, so that it takes no room in the kernel's image.
struct RunQueue {
    ksync::RawSpinLock lock;
    FairQueue fair;
    Thread* current = nullptr;  ///< runs on this CPU
    Thread* idle = nullptr;     ///< runs when nothing else is ready; in no queue
    Nanoseconds user_before;    ///< what `current` had spent in user mode when it came here
    Thread* previous = nullptr; ///< who left in the switch under way
    bool displaced = false;     ///< that one is ready, but may not run here any more
    Nanoseconds slice_end;      ///< when the running thread has to compete again
    Nanoseconds programmed;     ///< what this CPU's timer is armed for
    Nanoseconds next_balance;
    Nanoseconds next_rotation;
    Nanoseconds idle_time;
    Nanoseconds busy_time; ///< of it, user_time and nice_time in user mode

    // Read by other CPUs without the lock.
    Atomic<u64> switches{0};
    Atomic<u32> rounds{0}; ///< decisions who runs next; the watchdog looks whether there are any
    Atomic<Nanoseconds> user_time{Nanoseconds()};
    Atomic<Nanoseconds> nice_time{Nanoseconds()};
    Atomic<u32> threads{0}; ///< ready or running
    Atomic<u64> weight{0};
    Atomic<bool> online{false};
    Atomic<u32> pull_from{0}; ///< 1 + the busier CPU that asks this one to take a thread

    CpuLoad load() const {
        return {.threads = threads.load(MemoryOrder::relaxed),
                .weight = weight.load(MemoryOrder::relaxed)};
    }

    void publish_load() {
        threads.store(fair.size(), MemoryOrder::relaxed);
        weight.store(fair.weight(), MemoryOrder::relaxed);
    }
};

/// Lets records of the log say who wrote them, and wake log_waiters(). Once.
void attach_to_log() noexcept;
/// Wakes log_waiters() if there was a record since the last time. With no spinning lock held.
void wake_log_waiters() noexcept;

extern RunQueue run_queues[arch::max_cpus];

/// Stable only with preemption off.
inline RunQueue& this_run_queue() {
    return run_queues[arch::cpu_index()];
}

/// Where there surely is one.
inline Thread& running_thread() {
    return static_cast<Thread&>(*static_cast<ksync::Sleeper*>(arch::current_thread()));
}

inline CpuLoad load_of(usize cpu) {
    return run_queues[cpu].load();
}

/// CPUs that run the scheduler; their indices are below it.
usize online_cpus();

inline constexpr Nanoseconds balance_interval = Nanoseconds::milliseconds(20);
/// Three threads on two CPUs: the one too many changes sides this often, so that all get their
/// share.
inline constexpr Nanoseconds rotation_interval = Nanoseconds::milliseconds(100);

/// Puts right what a bug in this room's code may have left half done on this CPU, from the list of
/// threads and what each says of itself, and lets go of the locks that this CPU holds; see
/// rebuild.cpp. Interrupts and preemption off.
void mend_queues() noexcept;

/// Interrupts and preemption off. The end of it reschedules if that was requested, for who was
/// woken.
class QueueSection {
public:
    [[gnu::always_inline]] QueueSection() : interrupts_were_on_(arch::interrupts_enabled()) {
        arch::disable_interrupts();
        arch::disable_preemption();
    }

    QueueSection(QueueSection const&) = delete;
    QueueSection& operator=(QueueSection const&) = delete;

    [[gnu::always_inline]] ~QueueSection() {
        if (interrupts_were_on_)
            arch::enable_interrupts();
        arch::enable_preemption();
    }

private:
    bool interrupts_were_on_;
};

/// Holds the lock of the run queue that a thread belongs to, until release(): after a bug, until
/// mend_queues().
class ThreadQueueLock {
public:
    explicit ThreadQueueLock(Scheduling const& scheduling);

    /// And tells the queue's CPU, if tell_cpu() said so.
    void release();

    RunQueue& queue() const { return *queue_; }

    /// Once the lock is free: before, the CPU would come just to spin on it.
    void tell_cpu() { tell_ = true; }

    /// Puts a thread into this queue, its own, unless it is there, and sees to it that the CPU
    /// notices.
    void enqueue(Thread& thread);

    /// Goes over to the queue of `cpu`, to which the thread, in no queue, now belongs.
    void move_to(Scheduling& scheduling, usize cpu);

private:
    RunQueue* queue_;
    bool tell_ = false;
};

/// Runs change(lock) with the thread's run queue locked; once more, from its beginning, after a bug
/// in it. The end of it reschedules if that was requested.
template <class Change>
inline auto with_queue_of(Scheduling const& scheduling, Change const& change) {
    QueueSection const section;
    return retry_after_bug(
        [&] {
            ThreadQueueLock lock(scheduling);
            if constexpr (std::is_void_v<decltype(change(lock))>) {
                change(lock);
                lock.release();
            } else {
                auto const result = change(lock);
                lock.release();
                return result;
            }
        },
        mend_queues);
}

struct ByLinks {
    static ksync::WholeLinks<Scheduling>& links(Scheduling& scheduling) { return scheduling.all; }
};

/// All threads, from their making to their end. The lock is innermost, interrupts off.
struct ThreadList {
    ksync::RawSpinLock lock;
    ksync::WholeList<Scheduling, ByLinks> list;
};

extern ThreadList thread_list;
void list_thread(Scheduling& scheduling) noexcept;
void unlist_thread(Scheduling& scheduling) noexcept;

/// Parts of mend_queues(): of the queues of timers, and of the load averages.
void mend_timers(u32 owner) noexcept;
void mend_load(u32 owner) noexcept;

// The rest may be run again after a bug, and so is not noexcept.

/// Charges the time since the last call to who is running. With the queue locked.
void charge_running(RunQueue& queue, Nanoseconds now);
/// Arms this CPU's timer for what comes first. Interrupts off.
void program_timer(RunQueue& queue, Nanoseconds now);
/// Takes a thread from a busier CPU, if there is one; `queue` is this CPU's and locked.
bool pull_thread(RunQueue& queue);
/// One of the two of placement.hpp.
using MayMove = bool (*)(u64 weight, u64 from, u64 to);
/// Takes a thread that still may move from CPU `from`; `queue` as above.
bool take_thread(RunQueue& queue, usize from, MayMove may_move);
/// Asks a less busy CPU to take a thread from this one, `self`, whose queue is locked.
void offer_waiting(RunQueue& queue, usize self, Nanoseconds now);
/// The running thread's request is served, or may be.
void end_slice(RunQueue& queue, Nanoseconds now);

/// Runs what is due on this CPU. Interrupts off.
void run_due_timers(Nanoseconds now) noexcept;
/// When this CPU's first timer is due.
Nanoseconds next_timer_due();

/// Drops the scheduler's reference to a thread that will not run again; from any context.
void bury(Thread& thread) noexcept;
/// Starts the kernel thread that frees dead threads and runs deferred work.
void start_worker();

/// The end of the running thread: its last switch.
[[noreturn]] void leave_for_good();

/// At a switch: brings the time in user mode of who leaves up to date, and adds it to the CPU's.
void count_user_time(RunQueue& queue, Scheduling& leaves, Scheduling const& comes, Nanoseconds now);
/// Called at every switch: moves the load averages on when five seconds have passed.
void sample_load(Nanoseconds now);
/// When a CPU goes idle: the number of active threads until somebody runs again.
void note_active();
/// Whether it sleeps uninterruptibly, with its queue locked.
void count_blocked(Scheduling& scheduling, bool blocked);
void count_thread(int by) noexcept;

} // namespace task
