// One-shot timers: a tree of deadlines per CPU over the CPU's hardware timer.
#include "kernel/arch/api/timer.hpp"

#include "kernel/log/log.hpp"
#include "kernel/sync/lock.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

#include <new>

namespace task {

struct TimerOrder {
    static TreapLinks<Timer>& links(Timer& timer) { return timer.links_; }

    static bool less(Timer const& a, Timer const& b) {
        return a.deadline_ != b.deadline_ ? a.deadline_ < b.deadline_ : a.sequence_ < b.sequence_;
    }

    static void update(Timer&) {}
};

/// One CPU's. The lock is held with interrupts off.
struct TimerQueue {
    ksync::RawSpinLock lock;
    Treap<Timer, TimerOrder> tree;
    u64 next_sequence = 0;
    Atomic<i64> first_due{INT64_MAX};
    Atomic<Timer*> firing{nullptr}; ///< its callback runs now

    void insert(Timer& timer, Nanoseconds deadline, usize cpu) noexcept {
        lock.acquire();
        timer.deadline_ = deadline;
        timer.sequence_ = next_sequence++;
        timer.cpu_.store(static_cast<u32>(cpu));
        timer.armed_.store(true);
        tree.insert(timer);
        publish();
        lock.release();
    }

    /// Whether it was armed here.
    bool remove(Timer& timer) noexcept {
        lock.acquire();
        bool const was_armed = timer.armed_.load();
        if (was_armed) {
            tree.erase(timer);
            timer.armed_.store(false);
            publish();
        }
        lock.release();
        return was_armed;
    }

    /// Takes out the first timer that is due and marks it as firing.
    Timer* take_due(Nanoseconds now, Timer::Callback& callback, void*& context) noexcept {
        lock.acquire();
        Timer* const timer = tree.first();
        Timer* due = nullptr;
        if (timer != nullptr && timer->deadline_ <= now) {
            due = timer;
            tree.erase(*timer);
            callback = timer->callback_;
            context = timer->context_;
            firing.store(timer);
            timer->armed_.store(false);
            publish();
        }
        lock.release();
        return due;
    }

    void publish() noexcept {
        Timer* const first = tree.first();
        first_due.store(first != nullptr ? first->deadline_.count() : INT64_MAX);
    }
};

namespace {

constinit TimerQueue queues[arch::max_cpus];

/// A place of containment, like the calls of device interrupt handlers: a callback that fails is
/// over, and the CPU goes on with the next. Not inlined: it must not become part of vital code.
[[gnu::noinline]] void contain(Timer::Callback callback, void* context) noexcept {
    u32 const preemption = arch::preemption_depth();
    try {
        callback(context);
        return;
    } catch (KernelBug const& bug) {
        klog::error("a timer's callback ends: {}", bug.what);
    } catch (std::bad_alloc const&) {
        klog::warn("a timer's callback ends: out of memory");
    } catch (ksync::Poisoned const& poisoned) {
        klog::warn("a timer's callback ends: {lock}", ksync::PoisonText(poisoned).view());
    }
    arch::disable_interrupts();
    arch::reset_preemption(preemption);
}

} // namespace

VITAL void Timer::arm(Nanoseconds deadline) {
    arch::InterruptsOff const off;
    if (armed_.load())
        queues[cpu_.load()].remove(*this);
    usize const cpu = arch::cpu_index();
    queues[cpu].insert(*this, deadline, cpu);
    RunQueue& queue = run_queues[cpu];
    if (deadline < queue.programmed) {
        queue.programmed = deadline;
        arch::arm_timer(deadline);
    }
}

VITAL void Timer::cancel() noexcept {
    for (;;) {
        usize const cpu = cpu_.load();
        bool removed = false;
        {
            arch::InterruptsOff const off;
            if (armed_.load())
                removed = queues[cpu].remove(*this);
            // In its own callback there is nothing to wait for.
            if (cpu == arch::cpu_index() && arch::in_interrupt())
                return;
        }
        if (queues[cpu].firing.load() == this) {
            while (queues[cpu].firing.load() == this)
                arch::relax();
            continue; // it may have armed itself again
        }
        if (removed || !armed_.load())
            return;
    }
}

VITAL Nanoseconds next_timer_due() noexcept {
    return Nanoseconds(queues[arch::cpu_index()].first_due.load(std::memory_order_relaxed));
}

VITAL void run_due_timers(Nanoseconds now) noexcept {
    TimerQueue& queue = queues[arch::cpu_index()];
    Timer::Callback callback = nullptr;
    void* context = nullptr;
    while (queue.take_due(now, callback, context) != nullptr) {
        contain(callback, context);
        queue.firing.store(nullptr);
    }
}

} // namespace task
