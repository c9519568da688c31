// Locks: exclusion, order, poison, pairs, and release of what a skipped frame held.
#include "kernel/sync/blocking.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/undo_log.hpp"
#include "libs/base/bug.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace ksync;

namespace {

constexpr int threads = 4;
constexpr int rounds = 5000;

template <class Counter>
void count_from_all(Counter& counter) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            for (int round = 0; round < rounds; ++round)
                ++*counter.lock();
        });
    for (auto& thread : running)
        thread.join();
    EXPECT_EQ(*counter.lock(), threads * rounds);
}

std::string bug_of(auto action) {
    try {
        action();
    } catch (KernelBug const& bug) {
        return bug.what;
    }
    return "";
}

} // namespace

TEST(Lock, SpinLockExcludes) {
    SpinLocked<int, Rank::heap> counter(0);
    count_from_all(counter);
}

TEST(Lock, IrqLockExcludes) {
    IrqLocked<int, Rank::heap> counter(0);
    count_from_all(counter);
}

TEST(Lock, MutexExcludes) {
    SleepLocked<int, Rank::inode> counter(0);
    count_from_all(counter);
}

TEST(Lock, MutexServesEveryWaiter) {
    SleepLocked<int, Rank::inode> shared(0);
    std::atomic<bool> stop{false};
    std::atomic<int> hogged{0};
    std::thread hog([&] {
        while (!stop) {
            auto guard = shared.lock();
            ++hogged;
        }
    });
    while (hogged == 0)
        std::this_thread::yield();
    for (int i = 0; i < 100; ++i)
        ++*shared.lock(); // hangs if the hog could keep it for ever
    stop = true;
    hog.join();
    EXPECT_EQ(*shared.lock(), 100);
}

TEST(Lock, WrongOrderIsABug) {
    SleepLocked<int, Rank::inode> inner(0);
    SleepLocked<int, Rank::directory> outer(0);
    EXPECT_EQ(bug_of([&] {
                  auto first = inner.lock();
                  auto second = outer.lock();
              }),
              "lock order: directory wanted while inode is held");
    EXPECT_EQ(held_locks(), 0u);
    EXPECT_TRUE(inner.poisoned());
    EXPECT_FALSE(outer.poisoned());
    inner.clear_poison();
    EXPECT_EQ(bug_of([&] {
                  auto first = outer.lock();
                  auto second = inner.lock();
              }),
              "");
}

TEST(Lock, SleepingUnderASpinLockIsABug) {
    SpinLocked<int, Rank::pipe> spin(0);
    SleepLocked<int, Rank::address_space> sleeping(0);
    EXPECT_NE(bug_of([&] {
                  auto guard = spin.lock();
                  auto second = sleeping.lock();
              }),
              "");
    spin.clear_poison();
    EXPECT_NE(bug_of([&] {
                  auto guard = spin.lock();
                  check_may_sleep();
              }),
              "");
    check_may_sleep();
}

TEST(Lock, SpinLockUnderAnIrqLockIsABug) {
    IrqLocked<int, Rank::timers> irq(0);
    SpinLocked<int, Rank::heap> spin(0);
    EXPECT_NE(bug_of([&] {
                  auto guard = irq.lock();
                  auto second = spin.lock();
              }),
              "");
}

TEST(Lock, ABugPoisonsAndOutOfMemoryDoesNot) {
    SleepLocked<int, Rank::inode> value(1);
    try {
        auto guard = value.lock();
        throw std::bad_alloc();
    } catch (std::bad_alloc const&) {
    }
    EXPECT_FALSE(value.poisoned());
    EXPECT_NE(bug_of([&] {
                  auto guard = value.lock();
                  panic("test");
              }),
              "");
    EXPECT_TRUE(value.poisoned());
    EXPECT_THROW(*value.lock() = 2, Poisoned);
    EXPECT_EQ(held_locks(), 0u);
    EXPECT_EQ(*value.lock_even_poisoned(), 1);
    value.clear_poison();
    EXPECT_EQ(*value.lock(), 1);
}

TEST(Lock, ALockTakenWhileABugUnwindsIsNotPoisoned) {
    SleepLocked<int, Rank::inode> used_by_destructor(0);

    struct Cleaner {
        SleepLocked<int, Rank::inode>& value;

        ~Cleaner() { ++*value.lock(); }
    };

    EXPECT_NE(bug_of([&] {
                  Cleaner const cleaner{used_by_destructor};
                  panic("test");
              }),
              "");
    EXPECT_FALSE(used_by_destructor.poisoned());
    EXPECT_EQ(*used_by_destructor.lock(), 1);
}

TEST(Lock, PairsAreTakenInOneOrderAndOnceIfEqual) {
    SleepLocked<int, Rank::directory> values[2]{SleepLocked<int, Rank::directory>(0),
                                                SleepLocked<int, Rank::directory>(0)};
    std::thread other([&] {
        for (int i = 0; i < rounds; ++i) {
            auto both = lock_pair(values[1], values[0]);
            both.first() += 10;
            both.second() += 1;
        }
    });
    for (int i = 0; i < rounds; ++i) {
        auto both = lock_pair(values[0], values[1]);
        both.first() += 1;
        both.second() += 10;
    }
    other.join();
    EXPECT_EQ(*values[0].lock(), 2 * rounds);
    EXPECT_EQ(*values[1].lock(), 20 * rounds);
    auto same = lock_pair(values[0], values[0]);
    EXPECT_EQ(&same.first(), &same.second());
    EXPECT_EQ(held_locks(), 1u);
}

TEST(Lock, SuspendedGuardLetsOthersIn) {
    SleepLocked<int, Rank::inode> value(1);
    auto guard = value.lock();
    guard.unlock();
    std::thread([&] { *value.lock() = 2; }).join();
    guard.relock();
    EXPECT_EQ(*guard, 2);
}

TEST(Lock, ASkippedFramesLocksAreReleasedAndPoisoned) {
    SleepLocked<int, Rank::inode> outer(0);
    SpinLocked<int, Rank::heap> inner(0);
    auto kept = outer.lock();
    alignas(SpinLocked<int, Rank::heap>::Guard)
        std::byte frame[sizeof(SpinLocked<int, Rank::heap>::Guard)];
    ::new (frame) SpinLocked<int, Rank::heap>::Guard(inner, Poison::refuse); // never destroyed
    EXPECT_EQ(held_locks(), 2u);
    release_abandoned(frame, frame + sizeof frame);
    EXPECT_EQ(held_locks(), 1u);
    EXPECT_TRUE(inner.poisoned());
    EXPECT_EQ(*inner.lock_even_poisoned(), 0);
    EXPECT_FALSE(outer.poisoned());
}

namespace {

/// Two words that must be equal, put right by what the log remembers.
struct Twins {
    int one = 1;
    int other = 1;
    bool fails_to_begin = false;
    UndoLog<2> undo;

    void begin_section() {
        if (std::exchange(fails_to_begin, false))
            panic("test");
        undo.begin();
    }

    bool recover() { return undo.roll_back(); }
};

/// What can be computed from something else is.
struct Sum {
    int parts[2] = {3, 4};
    int whole = 7;

    bool recover() {
        whole = parts[0] + parts[1];
        return true;
    }
};

} // namespace

TEST(Lock, ABugAmidAChangeIsRolledBackAndPoisonsNothing) {
    SleepLocked<Twins, Rank::inode> twins;
    {
        auto guard = twins.lock();
        guard->undo.set(guard->one, 2);
        guard->undo.set(guard->other, 2);
    }
    EXPECT_NE(bug_of([&] {
                  auto guard = twins.lock(); // forgets the section before
                  guard->undo.set(guard->one, 3);
                  panic("test");
              }),
              "");
    EXPECT_FALSE(twins.poisoned());
    EXPECT_EQ(held_locks(), 0u);
    auto const guard = twins.lock();
    EXPECT_EQ(guard->one, 2);
    EXPECT_EQ(guard->other, 2);
}

TEST(Lock, ABugAsASectionBeginsTakesBackNothingOfTheOneBefore) {
    SleepLocked<Twins, Rank::inode> twins;
    {
        auto guard = twins.lock();
        guard->undo.set(guard->one, 2);
        guard->undo.set(guard->other, 2);
        guard->fails_to_begin = true;
    }
    auto const guard = twins.lock();
    EXPECT_FALSE(guard->fails_to_begin);
    EXPECT_EQ(guard->one, 2);
    EXPECT_EQ(guard->other, 2);
}

TEST(Lock, MoreChangesThanAreRememberedPoison) {
    SleepLocked<Twins, Rank::inode> twins;
    EXPECT_NE(bug_of([&] {
                  auto guard = twins.lock();
                  for (int i = 5; i < 8; ++i)
                      guard->undo.set(guard->one, i);
                  panic("test");
              }),
              "");
    EXPECT_TRUE(twins.poisoned());
}

TEST(Lock, ASkippedFramesValueRecovers) {
    SpinLocked<Sum, Rank::heap> sum;
    using Guard = SpinLocked<Sum, Rank::heap>::Guard;
    alignas(Guard) std::byte frame[sizeof(Guard)];
    auto& guard = *::new (frame) Guard(sum, Poison::refuse); // never destroyed
    guard->parts[0] = 6;
    release_abandoned(frame, frame + sizeof frame);
    EXPECT_FALSE(sum.poisoned());
    EXPECT_EQ(sum.lock()->whole, 10);
}

TEST(Lock, ARecoveryThatFailsPoisons) {
    struct Hopeless {
        bool recover() { panic("test of a bug in a recovery"); }
    };

    SleepLocked<Hopeless, Rank::inode> hopeless;
    EXPECT_NE(bug_of([&] {
                  auto guard = hopeless.lock();
                  panic("test");
              }),
              "");
    EXPECT_TRUE(hopeless.poisoned());
}
