// Draws cells of text into a framebuffer.
#include "kernel/drivers/framebuffer/picture.hpp"

#include "libs/font/font.hpp"

namespace framebuffer {
namespace {

/// The 16 colours of a PC's text mode, as 0xrrggbb.
constexpr u32 palette[] = {
    0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
    0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
};

} // namespace

Picture::Picture(arch::Framebuffer const& shape, Bytes memory) : shape_(shape), memory_(memory) {
    ensure(shape.pixel_bits % 8 == 0 && bytes_per_pixel() <= most_pixel_bytes &&
               memory.size() >= shape.size(),
           "a framebuffer of another shape than announced");
}

u32 Picture::rows() const {
    return shape_.height / font::height;
}

u32 Picture::columns() const {
    return shape_.width / font::width;
}

u32 Picture::pixel(u8 colour) const {
    u32 const rgb = palette[colour % 16];
    auto const place = [](u32 value, arch::Framebuffer::Colour to) {
        return (value & 0xff) >> (8 - to.bits) << to.position;
    };
    return place(rgb >> 16, shape_.red) | place(rgb >> 8, shape_.green) | place(rgb, shape_.blue);
}

void Picture::clear() {
    zero_bytes(memory_.first(shape_.size()));
}

void Picture::draw(screen::Position at, screen::Cell const& cell) {
    ensure(at.row < rows() && at.column < columns(), "a character beside the picture");
    u32 const colours[] = {pixel(cell.background), pixel(cell.foreground)};
    auto const& glyph = font::glyph(cell.character);
    u32 const step = bytes_per_pixel();
    std::byte line[font::width * most_pixel_bytes];
    for (u32 y = 0; y < font::height; ++y) {
        u8 const bits = cell.underlined && y == font::height - 2 ? u8{0xff} : glyph.rows[y];
        for (u32 x = 0; x < font::width; ++x)
            copy_bytes({line + x * step, step},
                       object_bytes(colours[bits >> (7 - x) & 1]).first(step));
        u64 const start =
            u64{at.row * font::height + y} * shape_.pitch + u64{at.column} * font::width * step;
        copy_bytes(memory_.subspan(start), {line, font::width * step});
    }
}

void Picture::draw_alarm(u32 row, std::string_view text) {
    for (u32 column = 0; column < columns(); ++column) {
        char const character = column < text.size() ? text[column] : ' ';
        draw({row, column},
             {.character = static_cast<u8>(character), .foreground = 15, .background = 1});
    }
}

} // namespace framebuffer
