// Makes the glyphs at compile time: from pictures, and lines and blocks by rule.
#include "libs/font/font.hpp"

#include "libs/font/art.hpp"

#include <array>
#include <iterator>

namespace font {
namespace {

constexpr char32_t first_ascii = '!';
constexpr usize ascii_count = '~' - '!' + 1;
constexpr usize picture_count = ascii_count + std::size(further_characters);
static_assert((picture_count + band_glyphs - 1) / band_glyphs == std::size(bands));

constexpr Glyph from_picture(usize index) {
    Glyph glyph;
    char const* const band = bands[index / band_glyphs];
    usize const columns = band_glyphs * (picture_width + 1) - 1;
    for (usize y = 0; y < picture_height; ++y)
        for (usize x = 0; x < picture_width; ++x)
            if (band[y * columns + index % band_glyphs * (picture_width + 1) + x] == '#')
                glyph.rows[picture_top + y] |= static_cast<u8>(0x80 >> (picture_left + x));
    return glyph;
}

constexpr auto pictures = [] {
    std::array<Glyph, picture_count> made{};
    for (usize i = 0; i < picture_count; ++i)
        made[i] = from_picture(i);
    return made;
}();

/// Which arms of a crossing of lines a character has.
enum : u8 { up = 1, down = 2, left = 4, right = 8 };

struct Line {
    char32_t character;
    u8 arms;
};

constexpr Line lines[] = {
    {0x2500, left | right},
    {0x2502, up | down},
    {0x250c, down | right},
    {0x2510, down | left},
    {0x2514, up | right},
    {0x2518, up | left},
    {0x251c, up | down | right},
    {0x2524, up | down | left},
    {0x252c, down | left | right},
    {0x2534, up | left | right},
    {0x253c, up | down | left | right},
};

constexpr Glyph from_line(u8 arms) {
    constexpr u32 middle = height / 2 - 1;
    Glyph glyph;
    for (u32 y = 0; y < height; ++y)
        if (((arms & up) != 0 && y <= middle) || ((arms & down) != 0 && y >= middle))
            glyph.rows[y] |= 0x10;
    if ((arms & left) != 0)
        glyph.rows[middle] |= 0xf0;
    if ((arms & right) != 0)
        glyph.rows[middle] |= 0x1f;
    return glyph;
}

constexpr auto line_glyphs = [] {
    std::array<Glyph, std::size(lines)> made{};
    for (usize i = 0; i < made.size(); ++i)
        made[i] = from_line(lines[i].arms);
    return made;
}();

struct Block {
    char32_t character;
    u32 top; ///< first and last row, exclusive
    u32 bottom;
    u8 even; ///< pixels of even and odd rows
    u8 odd;
};

constexpr Block blocks[] = {
    {0x2580, 0, 8, 0xff, 0xff},  {0x2584, 8, 16, 0xff, 0xff}, {0x2588, 0, 16, 0xff, 0xff},
    {0x2591, 0, 16, 0x88, 0x22}, {0x2592, 0, 16, 0xaa, 0x55}, {0x2593, 0, 16, 0x77, 0xdd},
};

constexpr auto block_glyphs = [] {
    std::array<Glyph, std::size(blocks)> made{};
    for (usize i = 0; i < made.size(); ++i)
        for (u32 y = blocks[i].top; y < blocks[i].bottom; ++y)
            made[i].rows[y] = y % 2 == 0 ? blocks[i].even : blocks[i].odd;
    return made;
}();

constexpr Glyph blank{};

Glyph const* find(char32_t character) {
    if (character == ' ' || character == 0xa0)
        return &blank;
    if (character >= first_ascii && character - first_ascii < ascii_count)
        return &pictures[character - first_ascii];
    for (usize i = 0; i < std::size(further_characters); ++i)
        if (further_characters[i] == character)
            return &pictures[ascii_count + i];
    for (usize i = 0; i < std::size(lines); ++i)
        if (lines[i].character == character)
            return &line_glyphs[i];
    for (usize i = 0; i < std::size(blocks); ++i)
        if (blocks[i].character == character)
            return &block_glyphs[i];
    return nullptr;
}

} // namespace

Glyph const& glyph(char32_t character) {
    auto const* const found = find(character);
    return found != nullptr ? *found : *find(replacement);
}

bool has_glyph(char32_t character) {
    return find(character) != nullptr;
}

} // namespace font
