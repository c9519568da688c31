// Load averages, CPU times, and counts for /proc.
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/annotations.hpp"

#include <algorithm>

namespace task {

namespace {

constexpr Nanoseconds sample_interval = Nanoseconds::seconds(5);
constexpr u64 one = 1 << 16;
/// exp(-5 s / 1, 5, 15 min), in 1/65536.
constexpr u64 decay_one = 60296, decay_five = 64453, decay_fifteen = 65173;
constexpr int most_missed = 720; ///< an hour; older history no longer shows

constinit ksync::RawSpinLock lock; ///< for the averages; interrupts off
constinit u64 averages[3] = {};
constinit Atomic<i64> next_sample{sample_interval.count()};
constinit Atomic<u32> active_before{0}; ///< since the last event, which idle CPUs do not sample
constinit Atomic<i32> uninterruptible{0};
constinit Atomic<i32> thread_count{0};

u32 active_threads() {
    u32 active = 0;
    for (usize cpu = 0; cpu < online_cpus(); ++cpu)
        active += load_of(cpu).threads;
    return active + static_cast<u32>(std::max(0, uninterruptible.load(MemoryOrder::relaxed)));
}

void fold(u32 active) {
    constexpr u64 decays[3] = {decay_one, decay_five, decay_fifteen};
    for (int i = 0; i < 3; ++i)
        averages[i] = (averages[i] * decays[i] + active * one * (one - decays[i])) / one;
}

void add(Atomic<Nanoseconds>& total, i64 by) {
    total.store(Nanoseconds(total.load(MemoryOrder::relaxed).count() + by), MemoryOrder::relaxed);
}

/// Without saturation: this is on every way into the kernel. The counter was read on this CPU, so
/// it has not gone back.
[[gnu::always_inline]] inline void count_up_to(Scheduling& mine, Nanoseconds now) {
    add(mine.in_user, now.count() - mine.user_since.load(MemoryOrder::relaxed).count());
}

} // namespace

void count_user_time(RunQueue& queue, Scheduling& leaves, Scheduling const& comes,
                     Nanoseconds now) {
    if (leaves.user_mode.load(MemoryOrder::relaxed)) {
        count_up_to(leaves, now);
        leaves.user_since.store(now, MemoryOrder::relaxed);
    }
    Nanoseconds const spent = leaves.in_user.load(MemoryOrder::relaxed) - queue.user_before;
    add(leaves.policy.nice > 0 ? queue.nice_time : queue.user_time, spent.count());
    queue.user_before = comes.in_user.load(MemoryOrder::relaxed);
}

} // namespace task

// Both with interrupts off: nothing comes between, and the CPU stays the same.

VITAL void upcall::entered_from_user() noexcept {
    retry_after_bug([] {
        task::Scheduling& mine = task::running_thread().scheduling();
        if (!mine.user_mode.load(MemoryOrder::relaxed))
            return;
        task::count_up_to(mine, arch::now());
        mine.user_mode.store(false, MemoryOrder::relaxed);
    });
}

VITAL void upcall::leaving_to_user() noexcept {
    retry_after_bug([] {
        task::Scheduling& mine = task::running_thread().scheduling();
        mine.user_since.store(arch::now(), MemoryOrder::relaxed);
        mine.user_mode.store(true, MemoryOrder::relaxed);
    });
}

namespace task {

void sample_load(Nanoseconds now) {
    if (now.count() < next_sample.load(MemoryOrder::relaxed))
        return;
    arch::InterruptsOff const off;
    if (!lock.try_acquire(ksync::this_owner()))
        return;
    u32 const active = active_threads();
    int missed = 0;
    i64 next = next_sample.load(MemoryOrder::relaxed);
    for (; next <= now.count() && missed < most_missed; ++missed) {
        fold(std::min(active, active_before.load(MemoryOrder::relaxed)));
        next += sample_interval.count();
    }
    next_sample.store(std::max(next, now.count()), MemoryOrder::relaxed);
    active_before.store(active, MemoryOrder::relaxed);
    lock.release();
}

/// What a fold may have left half done only shows in the averages.
VITAL void mend_load(u32 owner) noexcept {
    if (lock.held_by(owner))
        lock.release();
}

void note_active() {
    active_before.store(active_threads(), MemoryOrder::relaxed);
}

void count_blocked(Scheduling& scheduling, bool blocked) {
    if (scheduling.in_load == blocked)
        return;
    scheduling.in_load = blocked;
    uninterruptible.fetch_add(blocked ? 1 : -1, MemoryOrder::relaxed);
}

void count_thread(int by) noexcept {
    thread_count.fetch_add(by, MemoryOrder::relaxed);
}

CpuTimes cpu_times(usize cpu) {
    RunQueue& queue = run_queues[cpu];
    arch::InterruptsOff const off;
    return retry_after_bug(
        [&] {
            Nanoseconds const now = arch::now();
            queue.lock.acquire(ksync::this_owner());
            Nanoseconds user = queue.user_time.load(MemoryOrder::relaxed);
            Nanoseconds nice = queue.nice_time.load(MemoryOrder::relaxed);
            if (queue.current != nullptr) {
                charge_running(queue, now);
                Scheduling const& running = queue.current->scheduling();
                Nanoseconds const not_counted = running.user_time(true, now) - queue.user_before;
                (running.policy.nice > 0 ? nice : user) += not_counted;
            }
            CpuTimes const times{.user = user,
                                 .nice = nice,
                                 .system = std::max(queue.busy_time - user - nice, Nanoseconds()),
                                 .idle = queue.idle_time};
            queue.lock.release();
            return times;
        },
        mend_queues);
}

LoadAverage load_average() {
    LoadAverage result{};
    {
        arch::InterruptsOff const off;
        retry_after_bug(
            [&result] {
                sample_load(arch::now());
                lock.acquire(ksync::this_owner());
                result.one = averages[0];
                result.five = averages[1];
                result.fifteen = averages[2];
                lock.release();
            },
            mend_queues);
    }
    for (usize cpu = 0; cpu < online_cpus(); ++cpu) {
        result.running += load_of(cpu).threads;
        if (run_queues[cpu].idle != nullptr)
            --result.threads; // Linux does not count the idle threads
    }
    result.threads += static_cast<u32>(thread_count.load(MemoryOrder::relaxed));
    return result;
}

u64 context_switches() {
    u64 count = 0;
    for (usize cpu = 0; cpu < online_cpus(); ++cpu)
        count += run_queues[cpu].switches.load(MemoryOrder::relaxed);
    return count;
}

} // namespace task
