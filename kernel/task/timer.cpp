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

struct TimersByLinks {
    static ksync::WholeLinks<Timer>& links(Timer& timer) { return timer.all_; }
};

/// One CPU's. The lock is held with interrupts off. Which timers are armed is what the list says;
/// the tree finds the first of them and is computed anew after a bug. Each of these may then be
/// called again.
struct TimerQueue {
    ksync::RawSpinLock lock;
    Treap<Timer, TimerOrder> tree;
    ksync::WholeList<Timer, TimersByLinks> armed;
    u64 next_sequence = 0;
    Atomic<i64> first_due{INT64_MAX};
    Atomic<Timer*> firing{nullptr}; ///< its callback runs now

    void insert(Timer& timer, Nanoseconds deadline, usize cpu) {
        lock.acquire(ksync::this_owner());
        take_out(timer);
        timer.deadline_ = deadline;
        timer.sequence_ = next_sequence++;
        timer.cpu_.store(static_cast<u32>(cpu));
        timer.armed_.store(true);
        armed.add(timer);
        tree.insert(timer);
        publish();
        lock.release();
    }

    /// Whether it was armed here.
    bool remove(Timer& timer) {
        lock.acquire(ksync::this_owner());
        bool const was_armed = timer.armed_.load();
        take_out(timer);
        publish();
        lock.release();
        return was_armed;
    }

    /// Takes out the first timer that is due and marks it as firing. What it is to do comes first:
    /// once out, it may be gone. `due` is nullptr, or what a call that a bug ended had found.
    void take_due(Nanoseconds now, Timer*& due, Timer::Callback& callback, void*& context) {
        lock.acquire(ksync::this_owner());
        if (due == nullptr) {
            Timer* const first = tree.first();
            if (first == nullptr || first->deadline_ > now) {
                firing.store(nullptr);
                lock.release();
                return;
            }
            callback = first->callback_;
            context = first->context_;
            firing.store(first);
            due = first;
        }
        take_out(*due);
        publish();
        lock.release();
    }

    /// As take_out() would have left it, or not begun.
    void rebuild() noexcept {
        armed.repair();
        tree.clear();
        for (Timer* at = armed.first(); at != nullptr; at = armed.next(*at)) {
            at->armed_.store(true);
            at->sequence_ = next_sequence++;
            tree.insert(*at);
        }
        publish();
    }

private:
    void take_out(Timer& timer) {
        if (!timer.armed_.load())
            return;
        tree.erase(timer);
        armed.remove(timer);
        timer.armed_.store(false);
    }

    void publish() {
        Timer* const first = tree.first();
        first_due.store(first != nullptr ? first->deadline_.count() : INT64_MAX);
    }
};

namespace {

constinit TimerQueue queues[arch::max_cpus];

/// A place of containment, like the calls of device interrupt handlers. A callback that fails is
/// called once more, as whoever it was to wake would sleep for ever; then the CPU goes on with the
/// next. Not inlined: it must not become part of vital code.
[[gnu::noinline]] void contain(Timer::Callback callback, void* context) noexcept {
    constexpr int tries = 2;
    u32 const preemption = arch::preemption_depth();
    for (int i = 0; i < tries; ++i) {
        try {
            callback(context);
            return;
        } catch (KernelBug const& bug) {
            klog::error("a timer's callback fails: {}", bug.what);
        } catch (std::bad_alloc const&) {
            klog::warn("a timer's callback fails: out of memory");
        } catch (ksync::Poisoned const& poisoned) {
            klog::warn("a timer's callback fails: {lock}", ksync::PoisonText(poisoned).view());
        }
        arch::disable_interrupts();
        arch::reset_preemption(preemption);
    }
}

} // namespace

VITAL void Timer::arm(Nanoseconds deadline) {
    QueueSection const section;
    retry_after_bug(
        [&] {
            usize const cpu = arch::cpu_index();
            if (armed_.load() && cpu_.load() != cpu)
                queues[cpu_.load()].remove(*this);
            queues[cpu].insert(*this, deadline, cpu);
            RunQueue& queue = run_queues[cpu];
            if (deadline < queue.programmed) {
                arch::arm_timer(deadline);
                queue.programmed = deadline;
            }
        },
        mend_queues);
}

/// True when it is neither armed nor runs its callback; false to look again.
bool Timer::is_out() {
    usize const cpu = cpu_.load();
    bool removed = false;
    {
        QueueSection const section;
        removed = retry_after_bug([&] { return armed_.load() && queues[cpu].remove(*this); },
                                  mend_queues);
        // In its own callback there is nothing to wait for.
        if (cpu == arch::cpu_index() && arch::in_interrupt())
            return true;
    }
    if (queues[cpu].firing.load() == this) {
        while (queues[cpu].firing.load() == this)
            arch::relax();
        return false; // it may have armed itself again
    }
    return removed || !armed_.load();
}

VITAL void Timer::cancel() noexcept {
    while (!retry_after_bug([this] { return is_out(); })) {
    }
}

Nanoseconds next_timer_due() {
    return Nanoseconds(queues[arch::cpu_index()].first_due.load(MemoryOrder::relaxed));
}

VITAL void mend_timers(u32 owner) noexcept {
    for (usize cpu = 0; cpu < online_cpus(); ++cpu) {
        TimerQueue& queue = queues[cpu];
        if (!queue.lock.held_by(owner))
            continue;
        queue.rebuild();
        queue.lock.release();
    }
}

VITAL void run_due_timers(Nanoseconds now) noexcept {
    TimerQueue& queue = queues[arch::cpu_index()];
    for (;;) {
        Timer* due = nullptr;
        Timer::Callback callback = nullptr;
        void* context = nullptr;
        retry_after_bug([&] { queue.take_due(now, due, callback, context); }, mend_queues);
        if (due == nullptr)
            return;
        contain(callback, context);
        retry_after_bug([&] { queue.firing.store(nullptr); });
    }
}

Result<void> sleep_until(Nanoseconds deadline, ksync::Wait how) {
    for (;;) {
        ksync::prepare_to_block(how);
        if (arch::now() >= deadline) {
            ksync::cancel_block();
            return {};
        }
        if (ksync::wait_interrupted(how)) {
            ksync::cancel_block();
            return fail(Errno::erestartsys);
        }
        ksync::block(deadline);
    }
}

} // namespace task
