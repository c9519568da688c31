// The scheduler on the host machine with four CPUs; meant for ThreadSanitizer.
#include "kernel/task/scheduler.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/run_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <new>
#include <vector>

using namespace task;
using ksync::Rank;
using ksync::Wait;

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::idle();
}

namespace {

constexpr usize cpus = 4;

void boot() {
    static bool const booted = [] {
        mem::initialise_frames();
        host::set_cpu_count(cpus);
        task::initialise_this_cpu();
        arch::start_cpus();
        return true;
    }();
    (void)booted;
}

/// A set of threads that a test starts and waits for.
class Team {
public:
    ~Team() { join(); }

    Ref<Thread> start(std::function<void()> work) {
        auto* const member = new Member{this, std::move(work)};
        running_.fetch_add(1);
        auto thread = Thread::create("member", run, member);
        EXPECT_TRUE(thread.has_value());
        (*thread)->start();
        return *thread;
    }

    void join() {
        EXPECT_TRUE(
            ended_.wait([&] { return running_.load() == 0; }, Wait::uninterruptible).has_value());
        (void)leaving_.lock(); // the last member is out of wake_all()
    }

private:
    struct Member {
        Team* team;
        std::function<void()> work;
    };

    static void run(void* opaque) {
        auto* const member = static_cast<Member*>(opaque);
        member->work();
        Team& team = *member->team;
        delete member;
        auto const guard = team.leaving_.lock();
        team.running_.fetch_sub(1);
        team.ended_.wake_all();
    }

    std::atomic<int> running_{0};
    ksync::WaitQueue ended_;
    ksync::SleepLocked<int, Rank::process> leaving_{0};
};

/// Runs `body` in a kernel thread while the host thread that calls is the first CPU's idle thread.
void on_machine(std::function<void()> body) {
    boot();
    std::atomic<bool> done{false};
    auto work = [&] {
        body();
        done = true;
    };
    auto thread = Thread::create(
        "test", [](void* opaque) { (*static_cast<decltype(work)*>(opaque))(); }, &work);
    ASSERT_TRUE(thread.has_value());
    (*thread)->start();
    while (!done || (*thread)->state() != State::dead) {
        arch::disable_interrupts();
        if (arch::reschedule_requested() || this_run_queue().load().threads != 0) {
            upcall::reschedule();
            arch::enable_interrupts();
        } else {
            arch::wait_for_interrupt();
        }
    }
}

CpuSet only(usize cpu) {
    CpuSet set;
    set.set(cpu);
    return set;
}

void spin_for(Nanoseconds time) {
    Nanoseconds const end = arch::now() + time;
    while (arch::now() < end)
        arch::relax();
}

} // namespace

TEST(Scheduler, MutexExcludesAcrossCpus) {
    on_machine([] {
        ksync::SleepLocked<int, Rank::inode> counter(0);
        {
            Team team;
            for (int i = 0; i < 8; ++i)
                team.start([&] {
                    for (int round = 0; round < 500; ++round) {
                        auto guard = counter.lock();
                        int const seen = *guard;
                        if (round % 16 == 0)
                            yield();
                        *guard = seen + 1;
                    }
                });
        }
        EXPECT_EQ(*counter.lock(), 8 * 500);
    });
}

TEST(Scheduler, NoWakeUpIsLostBetweenCpus) {
    on_machine([] {
        ksync::WaitQueue queue;
        std::atomic<int> turn{0};
        constexpr int rounds = 2000;
        Team team;
        for (int self = 0; self < 2; ++self)
            team.start([&, self] {
                EXPECT_TRUE(Thread::current().set_affinity(only(1 + static_cast<usize>(self)))
                                .has_value());
                for (int i = 0; i < rounds; ++i) {
                    EXPECT_TRUE(queue.wait([&] { return turn % 2 == self; }).has_value());
                    ++turn;
                    queue.wake_all();
                }
            });
        team.join();
        EXPECT_EQ(turn, 2 * rounds);
    });
}

TEST(Scheduler, WakeStorm) {
    on_machine([] {
        ksync::WaitQueue start;
        ksync::WaitQueue finished;
        std::atomic<int> round{0};
        std::atomic<int> arrived{0};
        constexpr int rounds = 50;
        constexpr int members = 16;
        Team team;
        for (int i = 0; i < members; ++i)
            team.start([&] {
                for (int mine = 1; mine <= rounds; ++mine) {
                    EXPECT_TRUE(start.wait([&] { return round >= mine; }).has_value());
                    if (++arrived == members * mine)
                        finished.wake_all();
                }
            });
        for (int now = 1; now <= rounds; ++now) {
            round = now;
            start.wake_all();
            EXPECT_TRUE(finished.wait([&] { return arrived == members * now; }).has_value());
        }
        team.join();
    });
}

TEST(Scheduler, ThreadsComeAndGo) {
    on_machine([] {
        for (int i = 0; i < 20; ++i) { // the dead of earlier tests
            if (load_average().threads <= 2)
                break;
            EXPECT_TRUE(sleep_until(arch::now() + Nanoseconds::milliseconds(10)).has_value());
        }
        u32 const before = load_average().threads;
        std::atomic<int> ran{0};
        for (int batch = 0; batch < 10; ++batch) {
            Team team;
            for (int i = 0; i < 10; ++i)
                team.start([&] { ++ran; });
        }
        EXPECT_EQ(ran, 100);
        for (int i = 0; i < 100 && load_average().threads > before; ++i)
            EXPECT_TRUE(sleep_until(arch::now() + Nanoseconds::milliseconds(10)).has_value());
        EXPECT_EQ(load_average().threads, before);
    });
}

TEST(Scheduler, AffinityMovesTheRunningThreadAtOnce) {
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

TEST(Scheduler, OthersMayMoveASleeper) {
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

TEST(Scheduler, TimersFireOnceAndNotAfterCancel) {
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

TEST(Scheduler, SleepsAreNotTooShort) {
    on_machine([] {
        for (int i = 1; i <= 5; ++i) {
            Nanoseconds const until = arch::now() + Nanoseconds::milliseconds(i);
            EXPECT_TRUE(sleep_until(until).has_value());
            EXPECT_GE(arch::now(), until);
        }
    });
}

TEST(Scheduler, ABusyThreadIsPreempted) {
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

TEST(Scheduler, StoppedThreadsWaitToBeResumed) {
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

TEST(Scheduler, DeferredWorkRunsAgainWhenMemoryWasShort) {
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
        static std::atomic<bool> ran;
        ran = false;
        DeferredWork bug([](void*) { panic("test"); }, nullptr);
        DeferredWork after([](void*) { ran = true; }, nullptr);
        bug.schedule();
        after.schedule();
        while (!ran && arch::now() < patience)
            (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
        EXPECT_TRUE(ran);
    });
}

TEST(Scheduler, ABugEndsItsKernelThreadAndReleasesItsLocks) {
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

TEST(Scheduler, WorkSpreadsOverTheCpus) {
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
