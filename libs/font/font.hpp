// The font of the screen: 8 by 16 pixels a character, drawn for Linnet in libs/font/art.hpp.
#pragma once

#include "libs/base/types.hpp"

namespace font {

inline constexpr u32 width = 8;
inline constexpr u32 height = 16;

/// Rows from the top; in each the highest bit is the leftmost pixel.
struct Glyph {
    u8 rows[height] = {};

    friend constexpr bool operator==(Glyph const&, Glyph const&) = default;
};

/// What stands for a character (a Unicode code point) that the font does not have.
inline constexpr char32_t replacement = 0xfffd;

/// ASCII, lines and blocks, and a few signs more; `replacement` for the rest.
Glyph const& glyph(char32_t character);
bool has_glyph(char32_t character);

} // namespace font
