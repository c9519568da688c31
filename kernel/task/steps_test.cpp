// Bugs at every step of what the scheduler and timers do: afterwards all queues add up, and
// everybody runs on.
#include "kernel/task/host_machine_test.hpp"

#include "kernel/arch/host/steps.hpp"

#include <cstdlib>
#include <memory>

using namespace task_test;

namespace {

/// With everything that changes queues locked out.
class AllLocked {
public:
    AllLocked() {
        for (usize cpu = 0; cpu < online_cpus(); ++cpu)
            run_queues[cpu].lock.acquire(ksync::this_owner());
        thread_list.lock.acquire(ksync::this_owner());
    }

    ~AllLocked() {
        thread_list.lock.release();
        for (usize cpu = 0; cpu < online_cpus(); ++cpu)
            run_queues[cpu].lock.release();
    }

private:
    QueueSection section_;
};

constexpr Nanoseconds long_service = Nanoseconds::seconds(1000);

/// The caller's CPU has served it for so long: virtual times are far from 0 there.
void serve_long() {
    {
        AllLocked const locked;
        Thread::current().scheduling().since -= long_service;
    }
    yield();
}

/// Every thread that is ready is queued, once, where it belongs, with what it is owed; sizes and
/// weights agree.
void audit() {
    constexpr i64 far = long_service.count() / 2;
    AllLocked const locked;
    usize queued = 0;
    for (usize cpu = 0; cpu < online_cpus(); ++cpu) {
        RunQueue const& queue = run_queues[cpu];
        u32 size = 0;
        u64 weight = 0;
        auto const count = [&](FairEntity& entity) {
            ++size;
            weight += entity.weight;
            EXPECT_TRUE(entity.queued);
            EXPECT_EQ(Scheduling::of(entity).cpu.load(), cpu);
            EXPECT_LT(std::abs(entity.virtual_time - queue.fair.average()), far);
            return false;
        };
        (void)queue.fair.last_waiting(count);
        if (FairEntity* const running = queue.fair.running()) {
            (void)count(*running);
            EXPECT_EQ(Scheduling::of(*running).thread, queue.current);
        } else {
            EXPECT_EQ(queue.current, queue.idle);
        }
        EXPECT_EQ(queue.fair.size(), size);
        EXPECT_EQ(queue.fair.weight(), weight);
        EXPECT_EQ(queue.load().threads, size);
        queued += size;
    }
    for (auto* at = thread_list.list.first(); at != nullptr; at = thread_list.list.next(*at)) {
        bool const idles = run_queues[at->cpu.load()].idle == at->thread;
        if (at->entity.queued)
            --queued;
        else if (!idles)
            EXPECT_NE(at->state.load(), State::runnable) << at->thread->name();
    }
    EXPECT_EQ(queued, 0u) << "queued, but in no list";
}

/// A thread that sleeps until it is woken, and says how often it was.
class Sleepy {
public:
    Sleepy() {
        thread_ = team_.start([this] {
            while (!stop_) {
                ksync::prepare_to_block(Wait::uninterruptible);
                ksync::block();
                ++woken_;
            }
        });
        wait_until_asleep();
    }

    ~Sleepy() {
        stop_ = true;
        while (thread_->state() != State::dead) {
            ksync::wake(*thread_);
            yield();
        }
        team_.join();
    }

    void wait_until_asleep() {
        for (;;) {
            ThreadQueueLockForTest const lock(thread_->scheduling());
            if (thread_->state() == State::uninterruptible && !thread_->scheduling().entity.queued)
                return;
        }
    }

    Thread& thread() { return *thread_; }

    bool wakes_up(int times) {
        auto const deadline = arch::now() + Nanoseconds::seconds(20);
        while (woken_ < times && arch::now() < deadline)
            yield();
        return woken_ >= times;
    }

private:
    class ThreadQueueLockForTest {
    public:
        explicit ThreadQueueLockForTest(Scheduling const& scheduling) : lock_(scheduling) {}

        ~ThreadQueueLockForTest() { lock_.release(); }

    private:
        QueueSection section_;
        ThreadQueueLock lock_;
    };

    std::atomic<bool> stop_{false};
    std::atomic<int> woken_{0};
    Team team_;
    Ref<Thread> thread_;
};

/// Runs change(sleepy) with a bug at each of its steps, once more if the bug left it, and audits.
template <class Change, class Check>
void fail_everywhere(u64 least_steps, Change change, Check check) {
    if (!host::sees_steps())
        GTEST_SKIP() << "accesses are not seen in this build";
    on_machine([&] {
        u64 const steps = host::fail_at_each_step([&](auto const& with_a_bug) {
            Sleepy sleepy;
            if (with_a_bug([&] { change(sleepy); })) {
                ksync::cancel_block();
                audit();
                change(sleepy);
            }
            audit();
            check(sleepy);
        });
        EXPECT_GE(steps, least_steps);
    });
}

} // namespace

TEST(Steps, OfAWakeUp) {
    fail_everywhere(
        30, [](Sleepy& sleepy) { ksync::wake(sleepy.thread()); },
        [](Sleepy& sleepy) { EXPECT_TRUE(sleepy.wakes_up(1)); });
}

TEST(Steps, OfAYield) {
    fail_everywhere(
        20,
        [](Sleepy&) {
            yield();
            yield();
        },
        [](Sleepy&) {});
}

TEST(Steps, OfASwitchToAnother) {
    fail_everywhere(
        30,
        [](Sleepy& sleepy) {
            (void)sleepy.thread().set_affinity(only(0));
            (void)Thread::current().set_affinity(only(0));
            ksync::wake(sleepy.thread());
            yield();
        },
        [](Sleepy& sleepy) { EXPECT_TRUE(sleepy.wakes_up(1)); });
}

TEST(Steps, OfMovingToAnotherCpu) {
    fail_everywhere(
        30,
        [](Sleepy&) {
            (void)Thread::current().set_affinity(only(1));
            (void)Thread::current().set_affinity(only(2));
        },
        [](Sleepy&) {
            arch::disable_preemption();
            EXPECT_EQ(arch::cpu_index(), 2u);
            arch::enable_preemption();
        });
}

TEST(Steps, OfASleep) {
    // Long enough that it is not over before it begins, whatever the host does meanwhile.
    fail_everywhere(
        30, [](Sleepy&) { (void)sleep_until(arch::now() + Nanoseconds::milliseconds(10)); },
        [](Sleepy&) { (void)sleep_until(arch::now() + Nanoseconds(100'000)); });
}

TEST(Steps, OfAStart) {
    if (!host::sees_steps())
        GTEST_SKIP() << "accesses are not seen in this build";
    on_machine([] {
        (void)Thread::current().set_affinity(only(0));
        serve_long();
        u64 const steps = host::fail_at_each_step([](auto const& with_a_bug) {
            auto const thread = *Thread::create("short", [](void*) {}, nullptr);
            (void)thread->set_affinity(only(0));
            arch::disable_preemption(); // or it may run, and fail, at once
            bool const bug = with_a_bug([&] { thread->start(); });
            audit();
            arch::enable_preemption();
            if (bug)
                thread->start();
            while (thread->state() != State::dead)
                yield();
            audit();
        });
        EXPECT_GE(steps, 20u);
    });
}

TEST(Steps, OfANewWeight) {
    fail_everywhere(
        20,
        [](Sleepy& sleepy) {
            sleepy.thread().set_policy({.nice = 5});
            Thread::current().set_policy({.nice = 3});
            Thread::current().set_policy({});
        },
        [](Sleepy& sleepy) {
            EXPECT_EQ(sleepy.thread().policy().nice, 5);
            ksync::wake(sleepy.thread());
            EXPECT_TRUE(sleepy.wakes_up(1));
        });
}

TEST(Steps, OfTimers) {
    struct Alarm {
        std::atomic<int> rung{0};
        Timer timer{[](void* self) { ++static_cast<Alarm*>(self)->rung; }, this};
    };

    std::unique_ptr<Alarm> alarms[4];
    auto const in = [](i64 milliseconds) {
        return arch::now() + Nanoseconds::milliseconds(milliseconds);
    };
    fail_everywhere(
        50,
        [&](Sleepy&) {
            arch::disable_preemption();
            for (auto& alarm : alarms)
                alarm = std::make_unique<Alarm>();
            alarms[0]->timer.arm(in(3'600'000));
            alarms[1]->timer.arm(in(1));
            alarms[2]->timer.arm(in(3'600'000));
            alarms[3]->timer.arm(in(2));
            alarms[0]->timer.cancel();
            alarms[2]->timer.arm(in(1));
            arch::enable_preemption();
        },
        [&](Sleepy&) {
            auto const late = in(20'000);
            while ((alarms[1]->rung == 0 || alarms[2]->rung == 0 || alarms[3]->rung == 0) &&
                   arch::now() < late)
                yield();
            EXPECT_EQ(alarms[0]->rung, 0);
            for (int i = 1; i < 4; ++i)
                EXPECT_EQ(alarms[i]->rung, 1) << i;
            for (auto& alarm : alarms)
                alarm.reset();
        });
}

TEST(Steps, OfATimerThatComesDue) {
    fail_everywhere(
        20,
        [](Sleepy& sleepy) {
            auto const timer = std::make_unique<Timer>(
                [](void* thread) { ksync::wake(*static_cast<Thread*>(thread)); }, &sleepy.thread());
            timer->arm(arch::now() + Nanoseconds(50'000));
            auto const late = arch::now() + Nanoseconds::seconds(20);
            while (timer->armed() && arch::now() < late)
                arch::relax();
        },
        [](Sleepy& sleepy) { EXPECT_TRUE(sleepy.wakes_up(1)); });
}
