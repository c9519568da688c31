// Exception tables written by hand, in the layout that GCC and Clang use.
#include "libs/unwind/lsda.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using dwarf::Region;
using unwind::Lsda;

constexpr u64 function = 0x8000;
constexpr u64 address = 0x1000;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> result;
    for (int const value : values)
        result.push_back(static_cast<std::byte>(value));
    return result;
}

/// Two call sites: [0,8) cleanup at 0x20; [0x10,0x18) pad 0x30, actions: catch type 1, then
/// type 2 (catch all), then cleanup; and [0x18,0x20) without a pad.
std::vector<std::byte> usual() {
    return bytes({0xff,                        // pads relative to the function
                  0x03, 29,                    // types: udata4, end 29 bytes further
                  0x01, 12,                    // sites: uleb128, 12 bytes
                  0,    8,    0x20, 0,         //
                  0x10, 8,    0x30, 1,         //
                  0x18, 8,    0,    0,         //
                  1,    1,    2,    1,   0, 0, // actions: catch 1, catch 2, cleanup
                  0,                           // padding
                  0,    0,    0,    0,         // type 2: all
                  0x78, 0x56, 0x34, 0x12});    // type 1
}

std::optional<Lsda> parse(std::vector<std::byte> const& data) {
    return Lsda::parse(Region{address, data}, address, function);
}

TEST(Lsda, FindsSitesAndTheirPads) {
    auto const data = usual();
    auto const lsda = parse(data);
    ASSERT_TRUE(lsda);
    auto const cleanup = lsda->find(function + 7);
    ASSERT_TRUE(cleanup);
    EXPECT_TRUE(cleanup->covered);
    EXPECT_EQ(cleanup->landing_pad, function + 0x20);
    EXPECT_EQ(cleanup->action, 0u);
    EXPECT_FALSE(lsda->find(function + 8)->covered); // a gap: noexcept
    EXPECT_EQ(lsda->find(function + 0x10)->landing_pad, function + 0x30);
    auto const nothing = lsda->find(function + 0x1f);
    EXPECT_TRUE(nothing->covered);
    EXPECT_EQ(nothing->landing_pad, 0u);
    EXPECT_FALSE(lsda->find(function + 0x20)->covered);
}

TEST(Lsda, WalksActionsAndTypes) {
    auto const data = usual();
    auto const lsda = parse(data);
    auto chain = lsda->actions(*lsda->find(function + 0x10));
    EXPECT_EQ(chain.next()->filter, 1);
    EXPECT_EQ(chain.next()->filter, 2);
    EXPECT_EQ(chain.next()->filter, 0);
    EXPECT_FALSE(chain.next());
    EXPECT_TRUE(chain.ok());
    EXPECT_EQ(lsda->type(1)->value, 0x12345678u);
    EXPECT_EQ(lsda->type(2)->value, 0u);
    EXPECT_FALSE(lsda->type(0));
    EXPECT_FALSE(lsda->type(1000));
}

TEST(Lsda, ActionsThatRunInACircleEnd) {
    auto data = usual();
    data[20] = std::byte{0x7d}; // the second action's next is the first again
    auto const lsda = parse(data);
    auto chain = lsda->actions(*lsda->find(function + 0x10));
    int steps = 0;
    while (chain.next())
        ++steps;
    EXPECT_LE(steps, 1001);
    EXPECT_FALSE(chain.ok());
}

TEST(Lsda, CutTablesAreRefused) {
    auto const whole = usual();
    for (usize size = 0; size < 17; ++size) {
        auto const data = std::vector(whole.begin(), whole.begin() + static_cast<isize>(size));
        EXPECT_FALSE(parse(data)) << size;
    }
    EXPECT_FALSE(Lsda::parse(Region{address, whole}, address - 1, function));
    EXPECT_FALSE(Lsda::parse(Region{address, whole}, address + 100, function));
}

} // namespace
