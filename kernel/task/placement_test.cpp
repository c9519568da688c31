// Where threads are put, on machines given as lists of loads.
#include "kernel/task/placement.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace task;

namespace {

struct Machine {
    std::vector<CpuLoad> loads;

    CpuLoad operator()(usize cpu) const { return loads.at(cpu); }

    usize size() const { return loads.size(); }
};

CpuSet only(std::initializer_list<usize> cpus) {
    CpuSet set;
    for (usize const cpu : cpus)
        set.set(cpu);
    return set;
}

CpuSet const anywhere = ~CpuSet();

} // namespace

TEST(Placement, WokenGoesWhereItsCacheIsWarmIfIdle) {
    Machine const machine{{{1, 1024}, {0, 0}, {0, 0}}};
    EXPECT_EQ(place_woken(anywhere, 2, 0, machine.size(), machine), 2u);
    EXPECT_EQ(place_woken(anywhere, 0, 1, machine.size(), machine), 1u);
    EXPECT_EQ(place_woken(anywhere, 0, 0, machine.size(), machine), 1u);
}

TEST(Placement, WokenOnABusyMachineTakesTheLighterOfTwo) {
    Machine const machine{{{3, 3072}, {1, 1024}, {1, 15}}};
    EXPECT_EQ(place_woken(anywhere, 0, 1, machine.size(), machine), 1u);
    EXPECT_EQ(place_woken(anywhere, 1, 0, machine.size(), machine), 1u);
}

TEST(Placement, AffinityHolds) {
    Machine const machine{{{0, 0}, {4, 4096}, {0, 0}}};
    EXPECT_EQ(place_woken(only({1}), 0, 2, machine.size(), machine), 1u);
    EXPECT_EQ(place_new(only({1}), 0, machine.size(), machine), 1u);
    EXPECT_EQ(place_new(anywhere, 1, machine.size(), machine), 2u);
}

TEST(Placement, ThreadsAreTakenFromTheBusiest) {
    EXPECT_EQ(busiest(0, 2, Machine{{{0, 0}, {2, 2048}}}), 1u);
    EXPECT_EQ(busiest(0, 2, Machine{{{0, 0}, {1, 1024}}}), 2u) << "the one that runs cannot move";
    EXPECT_EQ(busiest(0, 2, Machine{{{2, 2048}, {3, 1024}}}), 2u) << "weight counts, not number";
    EXPECT_EQ(busiest(0, 3, Machine{{{0, 0}, {2, 2048}, {3, 3072}}}), 2u);
}

TEST(Placement, ThreadsMoveOnlyWhereThatHelps) {
    EXPECT_TRUE(evens_out(1024, 2048, 0));
    EXPECT_FALSE(evens_out(1024, 2048, 1024)) << "it would only bounce";
    EXPECT_TRUE(evens_out_or_takes_turns(1024, 2048, 1024));
    EXPECT_FALSE(evens_out(1024, 1024, 2048));
    EXPECT_FALSE(evens_out_or_takes_turns(1024, 1024, 2048));
    // Two ordinary threads here, two with nice 5 there: two moves make it one of each.
    EXPECT_TRUE(evens_out(1024, 2 * 1024, 2 * 335));
    EXPECT_TRUE(evens_out(335, 1024 + 2 * 335, 1024));
    EXPECT_FALSE(evens_out(335, 1024 + 335, 1024 + 335));
}
