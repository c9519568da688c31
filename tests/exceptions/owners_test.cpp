// Words that cannot be reached, met by code that moves owners: whatever else the function that
// meets the bug owns is released.
#include "libs/base/bug.hpp"
#include "libs/base/exchange.hpp"
#include "libs/hosttest/throw_faults.hpp"

#include <gtest/gtest.h>

namespace {

struct Counts {
    int& count;

    ~Counts() { ++count; }
};

int** volatile no_word = nullptr;

[[gnu::noinline]] int* take(int*& word, int& destroyed) {
    Counts const guard{destroyed};
    return owned::exchange(word, nullptr);
}

} // namespace

TEST(Owners, AreReleasedWhereAWordCannotBeReached) {
    hosttest::throw_faults();
    int destroyed = 0;
    int object = 0;
    int* word = &object;
    EXPECT_EQ(take(word, destroyed), &object);
    EXPECT_EQ(word, nullptr);
    EXPECT_THROW(take(*no_word, destroyed), KernelBug);
    EXPECT_EQ(destroyed, 2);
}
