// Changes of a bit, of words across a page's end, and changes that cannot be told.
#include "libs/parity/parity.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

using parity::page_words;

namespace {

class Pages : public testing::Test {
protected:
    explicit Pages(usize pages = 7) : words_(pages * page_words) {
        std::mt19937_64 random(1);
        for (u64& word : words_)
            word = random();
        pristine_ = words_;
        EXPECT_TRUE(parity_->learn(words_));
    }

    usize mend() {
        usize changed = 0;
        auto const before = words_;
        parity_->mend(before, [&](usize index, u64 word) {
            words_.at(index) = word;
            ++changed;
        });
        return changed;
    }

    std::unique_ptr<parity::Parity> const parity_ = std::make_unique<parity::Parity>();
    std::vector<u64> words_;
    std::vector<u64> pristine_;
};

TEST_F(Pages, NothingIsPutWhereNothingChanged) {
    EXPECT_EQ(mend(), 0u);
}

TEST_F(Pages, EachBitComesBack) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        words_.at(bit * 53) ^= u64{1} << bit;
        EXPECT_EQ(mend(), 1u);
        EXPECT_EQ(words_, pristine_);
    }
}

TEST_F(Pages, WordsOnBothSidesOfABorderComeBack) {
    words_.at(3 * page_words - 1) = 0;
    words_.at(3 * page_words) = ~u64{0};
    EXPECT_EQ(mend(), 2u);
    EXPECT_EQ(words_, pristine_);
}

TEST_F(Pages, TwoPagesOfAGroupAreLeftAlone) {
    words_.at(0) ^= 1;
    words_.at(2 * page_words) ^= 2;
    words_.at(page_words) ^= 4; // of the other group
    EXPECT_EQ(mend(), 1u);
    EXPECT_EQ(words_.at(page_words), pristine_.at(page_words));
    EXPECT_NE(words_, pristine_);
}

TEST_F(Pages, TooManyAreRefused) {
    std::vector<u64> const many((parity::most_pages + 1) * page_words);
    EXPECT_FALSE(parity_->learn(many));
    words_.at(5) ^= 1;
    EXPECT_EQ(mend(), 1u); // as was learnt before
}

} // namespace
