// Tests of the font: complete, and no two characters of ASCII look alike.
#include "libs/font/font.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Font, EveryCharacterOfAsciiLooksDifferent) {
    for (char32_t a = ' '; a <= '~'; ++a) {
        EXPECT_TRUE(font::has_glyph(a));
        EXPECT_FALSE(font::glyph(a) == font::glyph(font::replacement)) << static_cast<int>(a);
        for (char32_t b = ' '; b < a; ++b)
            EXPECT_FALSE(font::glyph(a) == font::glyph(b)) << char(a) << " and " << char(b);
    }
}

TEST(Font, APictureIsWhereItBelongs) {
    auto const& l = font::glyph('L');
    for (int y = 0; y < 16; ++y) // a stem from the top to the base line, and the foot
        EXPECT_EQ(l.rows[y], y < 2 || y > 11 ? 0 : y < 11 ? 0x40 : 0x7e) << y;
    EXPECT_EQ(font::glyph('p').rows[14], 0x40); // a descender
    EXPECT_EQ(font::glyph('p').rows[15], 0);
}

TEST(Font, LinesMeetTheirNeighbours) {
    EXPECT_EQ(font::glyph(0x2500).rows[7], 0xff);
    EXPECT_EQ(font::glyph(0x253c).rows[0], font::glyph(0x2502).rows[15]);
    EXPECT_EQ(font::glyph(0x250c).rows[0], 0);
    EXPECT_EQ(font::glyph(0x250c).rows[15], font::glyph(0x2502).rows[0]);
}

TEST(Font, WhatItDoesNotHaveIsOneSign) {
    EXPECT_FALSE(font::has_glyph(U'\u4e2d'));
    EXPECT_EQ(font::glyph(U'\u4e2d'), font::glyph(font::replacement));
    EXPECT_TRUE(font::has_glyph(font::replacement));
}

} // namespace
