// Reads the text off a picture of the screen, by the glyphs of the kernel's font.
#include "tests/screen/picture.hpp"

#include "libs/font/font.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <stdexcept>

namespace screen_test {
namespace {

using Rows = std::array<u8, font::height>;

std::map<Rows, char> const& glyphs() {
    static auto const known = [] {
        std::map<Rows, char> made;
        for (char c = ' '; c <= '~'; ++c) {
            Rows rows{};
            std::copy_n(font::glyph(static_cast<char32_t>(c)).rows, rows.size(), rows.begin());
            made[rows] = c;
        }
        return made;
    }();
    return known;
}

struct Picture {
    std::size_t width = 0;
    std::size_t height = 0;
    std::string pixels; ///< three bytes each

    std::string_view at(std::size_t x, std::size_t y) const {
        return std::string_view(pixels).substr((y * width + x) * 3, 3);
    }
};

Picture parse(std::string const& ppm) {
    Picture picture;
    std::istringstream text(ppm);
    std::string magic;
    std::size_t most = 0;
    text >> magic >> picture.width >> picture.height >> most;
    text.get(); // the one space before the pixels
    if (magic != "P6" || most != 255)
        throw std::runtime_error("not a picture in QEMU's format");
    picture.pixels = ppm.substr(static_cast<std::size_t>(text.tellg()));
    if (picture.pixels.size() < picture.width * picture.height * 3)
        throw std::runtime_error("half a picture");
    return picture;
}

char read_cell(Picture const& picture, std::size_t left, std::size_t top) {
    auto const paper = picture.at(left, top); // column 0 is empty in every glyph of ASCII
    Rows rows{};
    for (std::size_t y = 0; y < font::height; ++y)
        for (std::size_t x = 0; x < font::width; ++x)
            if (picture.at(left + x, top + y) != paper)
                rows[y] |= static_cast<u8>(0x80 >> x);
    auto const found = glyphs().find(rows);
    return found == glyphs().end() ? '\1' : found->second;
}

} // namespace

std::vector<std::string> read_picture(std::string const& ppm) {
    auto const picture = parse(ppm);
    std::vector<std::string> text;
    for (std::size_t top = 0; top + font::height <= picture.height; top += font::height) {
        std::string row;
        for (std::size_t left = 0; left + font::width <= picture.width; left += font::width)
            row += read_cell(picture, left, top);
        row.erase(row.find_last_not_of(' ') + 1);
        text.push_back(row);
    }
    return text;
}

} // namespace screen_test
