// Draws cells of text into a framebuffer.
#pragma once

#include "kernel/arch/api/boot.hpp"
#include "libs/screen/screen.hpp"

#include <string_view>

namespace framebuffer {

class Picture {
public:
    /// `memory` is the framebuffer's, all of it; it must stay mapped.
    Picture(arch::Framebuffer const& shape, Bytes memory);

    u32 rows() const;
    u32 columns() const;

    /// Black.
    void clear();
    /// One character; the place must be inside.
    void draw(screen::Position at, screen::Cell const& cell);
    /// A line of text from the left edge on, in bright white on red, and the rest of that row. For
    /// reports of a kernel that stops.
    void draw_alarm(u32 row, std::string_view text);

private:
    static constexpr u32 most_pixel_bytes = 4;

    u32 pixel(u8 colour) const;

    u32 bytes_per_pixel() const { return shape_.pixel_bits / 8; }

    arch::Framebuffer const shape_;
    Bytes memory_;
};

} // namespace framebuffer
