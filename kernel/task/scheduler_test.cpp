// Blocking and waking on the host machine with four CPUs; meant for ThreadSanitizer.
#include "kernel/task/host_machine_test.hpp"

using namespace task_test;

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

// In sections so short one CPU gives the mutex back while another is about to wait again.
TEST(Scheduler, AMutexBetweenManyIsNeverHeldByNobody) {
    on_machine([] {
        constexpr int rounds = 400000;
        ksync::SleepLocked<int, Rank::inode> counter(0);
        {
            Team team;
            for (int i = 0; i < 3; ++i)
                team.start([&] {
                    for (int round = 0; round < rounds; ++round) {
                        auto guard = counter.lock();
                        if (round % 64 == 0)
                            yield();
                        ++*guard;
                    }
                });
        }
        EXPECT_EQ(*counter.lock(), 3 * rounds);
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
                EXPECT_TRUE(
                    Thread::current().set_affinity(only(1 + static_cast<usize>(self))).has_value());
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
