// The policy alone: shares, nice ratios, latency after sleep, no starvation, and its invariants.
#include "kernel/task/fair_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using namespace task;

namespace {

/// A CPU that runs a FairQueue in steps of virtual time.
struct Cpu {
    FairQueue queue;
    i64 now = 0;

    /// Runs who should run until its request is served or `limit` passes; returns who and how long.
    std::pair<FairEntity*, i64> step(i64 limit) {
        queue.run(queue.pick());
        FairEntity* const runs = queue.running();
        i64 const time = std::clamp<i64>(queue.time_left().count(), 1, limit);
        queue.charge(Nanoseconds(time));
        now += time;
        return {runs, time};
    }
};

std::vector<i64> run_for(Cpu& cpu, std::deque<FairEntity>& entities, i64 time) {
    std::vector<i64> shares(entities.size());
    i64 const end = cpu.now + time;
    while (cpu.now < end) {
        auto const [who, ran] = cpu.step(end - cpu.now);
        for (usize i = 0; i < entities.size(); ++i)
            if (&entities[i] == who)
                shares[i] += ran;
    }
    return shares;
}

} // namespace

TEST(FairQueue, EqualWeightsGetEqualShares) {
    Cpu cpu;
    std::deque<FairEntity> entities(7);
    for (auto& entity : entities)
        cpu.queue.enqueue(entity);
    auto const shares = run_for(cpu, entities, 2'000'000'000);
    for (i64 const share : shares)
        EXPECT_NEAR(static_cast<double>(share), 2e9 / 7, 2e9 / 7 * 0.05);
}

TEST(FairQueue, NiceLevelsGetTheRatiosOfTheirWeights) {
    for (auto const& [a, b] : {std::pair{0, 5}, {-20, 0}, {0, 19}, {-5, 5}, {10, 11}}) {
        Cpu cpu;
        std::deque<FairEntity> entities(2);
        entities[0].weight = weight_of(a);
        entities[1].weight = weight_of(b);
        for (auto& entity : entities)
            cpu.queue.enqueue(entity);
        auto const shares = run_for(cpu, entities, 20'000'000'000);
        double const wanted = static_cast<double>(weight_of(a)) / weight_of(b);
        EXPECT_NEAR(static_cast<double>(shares[0]) / static_cast<double>(shares[1]), wanted,
                    wanted * 0.1)
            << a << " against " << b;
    }
}

TEST(FairQueue, EvenTheIdlePolicyIsNotStarved) {
    Cpu cpu;
    std::deque<FairEntity> entities(3);
    entities[0].weight = weight_of(-20);
    entities[1].weight = weight_of(0);
    entities[2].weight = weight_of_idle_policy;
    for (auto& entity : entities)
        cpu.queue.enqueue(entity);
    auto const shares = run_for(cpu, entities, 600'000'000'000);
    EXPECT_GT(shares[2], 0);
    EXPECT_LT(shares[2], shares[1]);
}

TEST(FairQueue, ASleeperRunsSoonAfterItWakes) {
    Cpu cpu;
    std::deque<FairEntity> hogs(4);
    for (auto& hog : hogs)
        cpu.queue.enqueue(hog);
    FairEntity sleeper;
    i64 worst = 0;
    for (int wake = 0; wake < 200; ++wake) {
        for (int i = 0; i < 12; ++i)
            cpu.step(1'000'000);
        cpu.queue.enqueue(sleeper);
        i64 const woken = cpu.now;
        while (cpu.queue.pick() != &sleeper)
            cpu.step(1'000'000);
        worst = std::max(worst, cpu.now - woken);
        cpu.queue.run(&sleeper);
        cpu.queue.charge(Nanoseconds(100'000));
        cpu.now += 100'000;
        cpu.queue.dequeue(sleeper);
    }
    EXPECT_LE(worst, 2 * base_slice.count());
}

TEST(FairQueue, SleepingEarnsNoMoreThanTwoRequests) {
    Cpu cpu;
    std::deque<FairEntity> hogs(1);
    FairEntity sleeper;
    cpu.queue.enqueue(hogs[0]);
    cpu.queue.enqueue(sleeper);
    cpu.queue.dequeue(sleeper);
    for (int i = 0; i < 10000; ++i)
        cpu.step(1'000'000);
    cpu.queue.enqueue(sleeper);
    i64 at_a_stretch = 0;
    for (;;) {
        auto const [who, ran] = cpu.step(500'000);
        if (who != &sleeper)
            break;
        at_a_stretch += ran;
    }
    EXPECT_LE(at_a_stretch, 4 * base_slice.count());
}

TEST(FairQueue, LagSurvivesLeavingAndComing) {
    // One that leaves right after it ran too long must not gain by that.
    Cpu cpu;
    std::deque<FairEntity> entities(2);
    for (auto& entity : entities)
        cpu.queue.enqueue(entity);
    i64 shares[2] = {};
    while (cpu.now < 3'000'000'000) {
        auto const [who, ran] = cpu.step(3'000'000);
        shares[who == &entities[1]] += ran;
        if (who == &entities[0]) {
            cpu.queue.dequeue(entities[0]);
            cpu.queue.enqueue(entities[0]);
        }
    }
    EXPECT_NEAR(static_cast<double>(shares[0]), 1.5e9, 1.5e9 * 0.1);
}

TEST(FairQueue, YieldLetsOthersRunFirst) {
    Cpu cpu;
    std::deque<FairEntity> entities(2);
    for (auto& entity : entities)
        cpu.queue.enqueue(entity);
    cpu.step(3'000'000);
    cpu.step(3'000'000);
    cpu.queue.run(cpu.queue.pick());
    FairEntity* const first = cpu.queue.running();
    cpu.queue.charge(Nanoseconds(1000));
    cpu.queue.yield();
    // It may still be the only eligible one, but not for longer than the other is behind.
    i64 kept = 0;
    while (cpu.queue.pick() == first)
        kept += cpu.step(100'000).second;
    EXPECT_LE(kept, 2 * base_slice.count());
}

TEST(FairQueue, RandomOperationsKeepItsSums) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        FairQueue queue;
        std::deque<FairEntity> entities(30);
        for (auto& entity : entities)
            entity.weight = weight_of(static_cast<int>(random() % 40) - 20);
        for (int step = 0; step < 3000; ++step) {
            FairEntity& entity = entities[random() % entities.size()];
            switch (random() % 6) {
            case 0:
            case 1:
                if (!entity.queued)
                    queue.enqueue(entity);
                break;
            case 2:
                if (entity.queued)
                    queue.dequeue(entity);
                break;
            case 3:
                queue.set_weight(entity, weight_of(static_cast<int>(random() % 40) - 20));
                break;
            default:
                queue.run(queue.pick());
                queue.charge(Nanoseconds(static_cast<i64>(random() % 10'000'000)));
            }
            i64 weights = 0;
            __int128 sum = 0;
            u32 count = 0;
            for (auto const& one : entities) {
                if (!one.queued)
                    continue;
                ++count;
                weights += one.weight;
                sum += static_cast<__int128>(one.virtual_time) * one.weight;
            }
            ASSERT_EQ(queue.size(), count);
            ASSERT_EQ(queue.weight(), static_cast<u64>(weights));
            if (weights == 0)
                continue;
            __int128 floor = sum / weights;
            if (sum % weights < 0)
                --floor;
            ASSERT_EQ(queue.average(), static_cast<i64>(floor));

            // pick() agrees with a plain search.
            FairEntity* const picked = queue.pick();
            ASSERT_NE(picked, nullptr);
            ASSERT_LE(picked->virtual_time, queue.average());
            for (auto const& one : entities)
                if (one.queued && static_cast<__int128>(one.virtual_time) * weights <= sum)
                    ASSERT_LE(picked->deadline, one.deadline);
        }
    }
}

namespace {

/// Whatever the entities' links and the queue's own words held: as a bug may leave them.
void rebuild(FairQueue& queue, std::deque<FairEntity>& entities, FairEntity const* runs) {
    queue.clear();
    for (auto& entity : entities)
        if (entity.queued)
            queue.readmit(entity, &entity == runs);
}

void scribble(std::deque<FairEntity>& entities, std::mt19937& random) {
    auto const anybody = [&]() -> FairEntity* {
        return random() % 3 == 0 ? nullptr : &entities[random() % entities.size()];
    };
    for (auto& entity : entities) {
        entity.links = {anybody(), anybody(), static_cast<u32>(random())};
        entity.least_virtual_time = static_cast<i64>(random());
        entity.sequence = random();
    }
}

} // namespace

TEST(FairQueue, IsRebuiltFromItsEntitiesAlone) {
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        Cpu cpu;
        std::deque<FairEntity> entities(1 + random() % 12);
        u64 weight = 0;
        u32 count = 0;
        for (auto& entity : entities) {
            entity.weight = weight_of(static_cast<int>(random() % 40) - 20);
            if (random() % 4 != 0)
                cpu.queue.enqueue(entity);
        }
        for (int i = 0; i < 20 && cpu.queue.size() != 0; ++i)
            (void)cpu.step(5'000'000);
        FairEntity* const runs = cpu.queue.running();
        i64 const average = cpu.queue.average();
        for (auto const& entity : entities)
            if (entity.queued) {
                weight += entity.weight;
                ++count;
            }
        scribble(entities, random);
        rebuild(cpu.queue, entities, runs);
        EXPECT_EQ(cpu.queue.size(), count);
        EXPECT_EQ(cpu.queue.weight(), weight);
        EXPECT_EQ(cpu.queue.running(), runs);
        EXPECT_EQ(cpu.queue.average(), average);
        // Each is found where it is, and nobody else.
        std::vector<FairEntity const*> seen;
        while (FairEntity* const next = cpu.queue.pick()) {
            seen.push_back(next);
            cpu.queue.dequeue(*next);
            ASSERT_LE(seen.size(), count);
        }
        EXPECT_EQ(seen.size(), count);
        std::ranges::sort(seen);
        EXPECT_EQ(std::ranges::unique(seen).begin(), seen.end());
        EXPECT_EQ(cpu.queue.size(), 0u);
        EXPECT_EQ(cpu.queue.weight(), 0u);
    }
}
