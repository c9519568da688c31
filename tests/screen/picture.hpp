// Reads the text off a picture of the screen, by the glyphs of the kernel's font.
#pragma once

#include <string>
#include <vector>

namespace screen_test {

/// The rows of a screenshot (PPM, as QEMU writes it), without trailing spaces. A place that shows
/// no glyph of ASCII reads as '\1'.
std::vector<std::string> read_picture(std::string const& ppm);

} // namespace screen_test
