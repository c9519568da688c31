// Tests of kernel/random on the host machine.
#include "kernel/random/random.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

TEST(Random, SeedingCountsBitsAndOutputNeverRepeats) {
    u64 const first = rng::number();
    EXPECT_NE(first, rng::number());
    std::vector<std::byte> a(1000), b(1000);
    rng::fill(a);
    rng::add_entropy(bytes_of("something"), 200);
    rng::add_entropy(bytes_of("something"), 200); // more than enough does not overflow
    rng::add_entropy(bytes_of("something"), 0xffff'ffff);
    EXPECT_TRUE(rng::seeded());
    rng::fill(b);
    EXPECT_NE(a, b);
}

TEST(Random, TimingsChangeTheOutput) {
    for (u64 i = 0; i < 100; ++i)
        rng::add_timing(i);
    EXPECT_NE(rng::number(), rng::number());
}

} // namespace
