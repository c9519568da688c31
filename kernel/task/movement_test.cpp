// Affinity, timers, preemption, stopping and containment on the host machine with four CPUs.
#include "kernel/task/host_machine_test.hpp"

#include <new>
#include <vector>

using namespace task_test;

TEST(Movement, AffinityMovesTheRunningThreadAtOnce) {
    on_machine([] {
        Team team;
        for (usize member = 0; member < 3; ++member)
            team.start([&, member] {
                for (usize i = 0; i < 60; ++i) {
                    usize const wanted = (i + member) % cpus;
                    EXPECT_TRUE(Thread::current().set_affinity(only(wanted)).has_value());
                    arch::disable_preemption();
                    EXPECT_EQ(arch::cpu_index(), wanted);
                    arch::enable_preemption();
                }
            });
        team.join();
        EXPECT_FALSE(Thread::current().set_affinity(only(50)).has_value());
        EXPECT_FALSE(Thread::current().set_affinity(CpuSet()).has_value());
    });
}

TEST(Movement, OthersMayMoveASleeper) {
    on_machine([] {
        std::atomic<bool> stop{false};
        std::atomic<usize> where{99};
        Team team;
        auto const thread = team.start([&] {
            while (!stop) {
                (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
                arch::disable_preemption();
                where = arch::cpu_index();
                arch::enable_preemption();
            }
        });
        for (usize i = 0; i < 20; ++i) {
            usize const wanted = i % cpus;
            EXPECT_TRUE(thread->set_affinity(only(wanted)).has_value());
            Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
            while (where != wanted && arch::now() < patience)
                (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
            EXPECT_EQ(where, wanted);
        }
        stop = true;
        team.join();
    });
}

TEST(Movement, TimersFireOnceAndNotAfterCancel) {
    on_machine([] {
        struct Target {
            std::atomic<int> fired{0};
            std::atomic<bool> gone{false};
            std::atomic<bool> late{false};
        };
        Team team;
        for (int member = 0; member < 4; ++member)
            team.start([member] {
                for (int i = 0; i < 100; ++i) {
                    Target target;
                    {
                        Timer timer(
                            [](void* opaque) {
                                auto& hit = *static_cast<Target*>(opaque);
                                ++hit.fired;
                                hit.late = hit.gone.load();
                            },
                            &target);
                        timer.arm(arch::now() + Nanoseconds((i * 37 + member) % 50 * 1000));
                        if (i % 3 == 0) // move away from the CPU that fires it
                            (void)Thread::current().set_affinity(
                                only(static_cast<usize>(i + member) % cpus));
                        if (i % 2 == 0)
                            spin_for(Nanoseconds(100'000));
                        timer.cancel();
                        target.gone = true;
                        EXPECT_FALSE(timer.armed());
                    }
                    EXPECT_LE(target.fired, 1);
                    EXPECT_FALSE(target.late);
                }
            });
        team.join();
    });
}

TEST(Movement, SleepsAreNotTooShort) {
    on_machine([] {
        for (int i = 1; i <= 5; ++i) {
            Nanoseconds const until = arch::now() + Nanoseconds::milliseconds(i);
            EXPECT_TRUE(sleep_until(until).has_value());
            EXPECT_GE(arch::now(), until);
        }
    });
}

TEST(Movement, ABusyThreadIsPreempted) {
    on_machine([] {
        Team team;
        std::atomic<bool> stop{false};
        std::vector<Ref<Thread>> threads;
        for (int i = 0; i < 2; ++i)
            threads.push_back(team.start([&] {
                EXPECT_TRUE(Thread::current().set_affinity(only(2)).has_value());
                while (!stop)
                    arch::relax();
            }));
        (void)sleep_until(arch::now() + Nanoseconds::milliseconds(300));
        stop = true;
        team.join();
        auto const a = threads[0]->times().system.count();
        auto const b = threads[1]->times().system.count();
        EXPECT_GT(a, 0);
        EXPECT_NEAR(static_cast<double>(a), static_cast<double>(b), static_cast<double>(a + b) / 4);
        EXPECT_GT(threads[0]->times().involuntary_switches, 5u);
    });
}

TEST(Movement, StoppedThreadsWaitToBeResumed) {
    on_machine([] {
        std::atomic<int> wanted{0};
        std::atomic<int> reached{0};
        Team team;
        auto const thread = team.start([&] {
            for (int i = 1; i <= 50; ++i) {
                for (;;) {
                    forget_resume();
                    if (wanted >= i)
                        break;
                    stop_current();
                }
                reached = i;
            }
        });
        for (int i = 1; i <= 50; ++i) {
            EXPECT_LT(reached, i);
            wanted = i;
            resume(*thread);
            Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
            while (reached < i && arch::now() < patience)
                yield();
            EXPECT_EQ(reached, i);
        }
        team.join();
    });
}

TEST(Movement, DeferredWorkRunsAgainWhenMemoryWasShort) {
    on_machine([] {
        static std::atomic<int> tries;
        tries = 0;
        DeferredWork work(
            [](void*) {
                if (++tries < 3)
                    throw std::bad_alloc();
            },
            nullptr);
        work.schedule();
        Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
        while (tries < 3 && arch::now() < patience)
            (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
        EXPECT_EQ(tries, 3);
    });
}

TEST(Movement, DeferredWorkThatFailsIsRepeatedButNotForEver) {
    on_machine([] {
        static std::atomic<int> failures;
        static std::atomic<bool> ran;
        failures = 0;
        ran = false;
        static DeferredWork bug(
            [](void*) {
                ++failures;
                panic("test");
            },
            nullptr);
        static DeferredWork after([](void*) { ran = true; }, nullptr);
        bug.schedule();
        after.schedule();
        Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
        while ((!ran || failures < 8) && arch::now() < patience)
            (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
        EXPECT_TRUE(ran);
        (void)sleep_until(arch::now() + Nanoseconds::milliseconds(50));
        EXPECT_EQ(failures, 8);
    });
}

TEST(Movement, ABugEndsItsKernelThreadAndReleasesItsLocks) {
    on_machine([] {
        static ksync::SleepLocked<int, Rank::inode> value(0);
        auto thread = Thread::create(
            "buggy",
            [](void*) {
                auto guard = value.lock();
                panic("test");
            },
            nullptr);
        ASSERT_TRUE(thread.has_value());
        (*thread)->start();
        Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
        while ((*thread)->state() != State::dead && arch::now() < patience)
            (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
        EXPECT_EQ((*thread)->state(), State::dead);
        EXPECT_TRUE(value.poisoned());
        EXPECT_EQ(*value.lock_even_poisoned(), 0);
        value.clear_poison();
    });
}

TEST(Movement, WorkSpreadsOverTheCpus) {
    on_machine([] {
        std::atomic<u32> seen{0};
        std::atomic<bool> stop{false};
        Team team;
        for (usize i = 0; i < cpus; ++i)
            team.start([&] {
                while (!stop) {
                    arch::disable_preemption();
                    seen |= 1u << arch::cpu_index();
                    arch::enable_preemption();
                    arch::relax();
                }
            });
        Nanoseconds const patience = arch::now() + Nanoseconds::seconds(10);
        while (seen != (1u << cpus) - 1 && arch::now() < patience)
            (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
        stop = true;
        team.join();
        EXPECT_EQ(seen, (1u << cpus) - 1);
    });
}
