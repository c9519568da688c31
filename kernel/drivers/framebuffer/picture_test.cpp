// Tests of drawing: the pixels of every format, and nothing outside the picture.
#include "kernel/drivers/framebuffer/picture.hpp"

#include "libs/font/font.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

struct Format {
    char const* name;
    u8 pixel_bits;
    arch::Framebuffer::Colour red, green, blue;
    u32 white; ///< as it stands in memory, little-endian
    u32 brown; ///< 0xaa5500
};

constexpr Format formats[] = {
    {"8888", 32, {16, 8}, {8, 8}, {0, 8}, 0xffffff, 0xaa5500},
    {"888 the other way round", 24, {0, 8}, {8, 8}, {16, 8}, 0xffffff, 0x0055aa},
    {"565", 16, {11, 5}, {5, 6}, {0, 5}, 0xffff, 0xaaa0},
};

class Drawing : public testing::TestWithParam<Format> {
protected:
    static constexpr u32 width = 3 * font::width + 5;
    static constexpr u32 height = 2 * font::height + 3;
    static constexpr u32 pitch = width * 4 + 12;

    u32 at(u32 x, u32 y) const {
        u32 value = 0;
        u32 const step = GetParam().pixel_bits / 8u;
        std::memcpy(&value, memory.data() + y * pitch + x * step, step);
        return value;
    }

    Format const& format = GetParam();
    std::vector<std::byte> memory = std::vector<std::byte>(pitch * height, std::byte{0x5a});
    framebuffer::Picture picture{{.start = PhysAddr(0),
                                  .pitch = pitch,
                                  .width = width,
                                  .height = height,
                                  .pixel_bits = format.pixel_bits,
                                  .red = format.red,
                                  .green = format.green,
                                  .blue = format.blue},
                                 Bytes(memory)};
};

TEST_P(Drawing, ACharacterInItsColours) {
    EXPECT_EQ(picture.rows(), 2u);
    EXPECT_EQ(picture.columns(), 3u);
    auto const before = memory;
    picture.draw({1, 2}, {.character = 'L', .foreground = 15, .background = 3});
    for (u32 y = 0; y < height; ++y)
        for (u32 x = 0; x < width; ++x) {
            bool const inside = x >= 16 && x < 24 && y >= 16 && y < 32;
            if (!inside)
                continue;
            bool const ink = (font::glyph('L').rows[y - 16] >> (7 - (x - 16)) & 1) != 0;
            EXPECT_EQ(at(x, y), ink ? format.white : format.brown) << x << ',' << y;
        }
    usize changed = 0;
    for (usize i = 0; i < memory.size(); ++i)
        changed += memory[i] != before[i] ? 1 : 0;
    EXPECT_LE(changed, font::width * font::height * format.pixel_bits / 8u);
}

TEST_P(Drawing, UnderlinesAndAlarms) {
    picture.clear();
    picture.draw({0, 0}, {.character = ' ', .foreground = 15, .underlined = true});
    EXPECT_EQ(at(3, font::height - 2), format.white);
    EXPECT_EQ(at(3, font::height - 1), 0u);
    picture.draw_alarm(1, "A");
    EXPECT_NE(at(23, 20), 0u); // red to the end of the row
    EXPECT_THROW(picture.draw({2, 0}, {}), KernelBug);
    EXPECT_THROW(picture.draw({0, 3}, {}), KernelBug);
}

INSTANTIATE_TEST_SUITE_P(Formats, Drawing, testing::ValuesIn(formats), [](auto const& of) {
    return "Bits" + std::to_string(of.param.pixel_bits);
});

} // namespace
