// Wait queues: no wake-up is lost, one wakes one, callbacks run, deadlines end waits.
#include "kernel/arch/api/timer.hpp"
#include "kernel/sync/wait_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace ksync;

TEST(WaitQueue, PingPongLosesNoWakeUp) {
    WaitQueue queue;
    std::atomic<int> turn{0};
    constexpr int rounds = 20000;
    std::thread other([&] {
        for (int i = 0; i < rounds; ++i) {
            EXPECT_TRUE(queue.wait([&] { return turn % 2 == 1; }).has_value());
            ++turn;
            queue.wake_all();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        EXPECT_TRUE(queue.wait([&] { return turn % 2 == 0; }).has_value());
        ++turn;
        queue.wake_all();
    }
    other.join();
    EXPECT_EQ(turn, 2 * rounds);
}

TEST(WaitQueue, WithAGuardTheConditionIsSeenLocked) {
    SleepLocked<std::vector<int>, Rank::pipe> items;
    WaitQueue filled;
    constexpr int count = 10000;
    std::atomic<long> sum{0};
    std::vector<std::thread> consumers;
    for (int i = 0; i < 3; ++i)
        consumers.emplace_back([&] {
            for (;;) {
                auto guard = items.lock();
                EXPECT_TRUE(filled.wait(guard, [&] { return !guard->empty(); }).has_value());
                int const item = guard->back();
                guard->pop_back();
                if (item < 0)
                    return;
                sum += item;
            }
        });
    for (int i = 1; i <= count; ++i) {
        items.lock()->push_back(i);
        filled.wake_one();
    }
    for (;;) { // the last one left takes the poison when the numbers are gone
        auto guard = items.lock();
        if (guard->empty()) {
            guard->assign(3, -1);
            break;
        }
        guard.unlock();
        std::this_thread::yield();
    }
    filled.wake_all();
    for (auto& thread : consumers)
        thread.join();
    EXPECT_EQ(sum, long{count} * (count + 1) / 2);
}

// As an interrupt does that comes just after the condition was looked at: it takes no mutex.
TEST(WaitQueue, WithAGuardWhoWakesNeedNotHoldIt) {
    SleepLocked<int, Rank::pipe> guarded;
    WaitQueue queue;
    auto guard = guarded.lock();
    for (int last_in_vain = 0; last_in_vain < 4; ++last_in_vain) {
        int looks = 0;
        auto const deadline = arch::now() + Nanoseconds::milliseconds(5000);
        EXPECT_TRUE(queue.wait(
            guard,
            [&] {
                if (looks <= last_in_vain)
                    queue.wake_all();
                return looks++ > last_in_vain;
            },
            Wait::uninterruptible, deadline));
        EXPECT_LT(arch::now(), deadline);
    }
}

TEST(WaitQueue, ADeadlineEndsTheWait) {
    WaitQueue queue;
    auto const start = arch::now();
    auto const result = queue.wait([] { return false; }, Wait::interruptible,
                                   start + Nanoseconds::milliseconds(20));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Errno::etimedout);
    EXPECT_GE(arch::now(), start + Nanoseconds::milliseconds(20));
    EXPECT_TRUE(queue.empty());
}

TEST(WaitQueue, WakeOneRunsCallbacksAndWakesOneThread) {
    WaitQueue queue;
    std::atomic<int> called{0};
    WaitEntry entry([](WaitEntry& self) { ++*static_cast<std::atomic<int>*>(self.context()); },
                    &called);
    queue.add(entry);
    std::atomic<int> tokens{0};
    std::atomic<int> served{0};
    std::vector<std::thread> waiters;
    for (int i = 0; i < 3; ++i)
        waiters.emplace_back([&] {
            EXPECT_TRUE(queue
                            .wait([&] {
                                int seen = tokens;
                                return seen > 0 && tokens.compare_exchange_strong(seen, seen - 1);
                            })
                            .has_value());
            ++served;
        });
    for (int i = 1; i <= 3; ++i) {
        ++tokens;
        queue.wake_one();
        while (served < i) {
            std::this_thread::yield();
            queue.wake_one(); // whoever has not queued itself yet
        }
    }
    for (auto& thread : waiters)
        thread.join();
    EXPECT_GE(called, 3);
    queue.remove(entry);
    EXPECT_TRUE(queue.empty());
}

TEST(WaitQueue, ADestroyedQueueLetsItsEntriesGo) {
    WaitEntry entry([](WaitEntry&) {}, nullptr);
    {
        WaitQueue queue;
        queue.add(entry);
    }
    WaitQueue other;
    other.add(entry);
    EXPECT_FALSE(other.empty());
    other.remove(entry);
}
