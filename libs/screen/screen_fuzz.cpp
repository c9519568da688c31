// Fuzzes the screen: any bytes on any size, whole and in pieces, give the same picture.
#include "libs/base/bug.hpp"
#include "libs/screen/screen.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

void check(screen::Screen const& screen) {
    auto const cursor = screen.cursor();
    if (cursor.row >= screen.rows() || cursor.column >= screen.columns())
        std::abort();
    for (u32 row = 0; row < screen.rows(); ++row)
        for (auto const& cell : screen.row(row))
            if (cell.foreground > 15 || cell.background > 15 || cell.character < ' ')
                std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    if (size < 3)
        return 0;
    screen::Screen whole(data[0] % 30 + 1, data[1] % 90 + 1);
    screen::Screen pieces(whole.rows(), whole.columns());
    usize const piece = data[2] % 7 + 1;
    ConstBytes rest = std::as_bytes(std::span(data, size)).subspan(3);
    whole.feed(rest);
    while (!rest.empty()) {
        usize const count = std::min(piece, rest.size());
        pieces.feed(rest.first(count));
        rest = rest.subspan(count);
    }
    check(pieces);
    for (u32 row = 0; row < whole.rows(); ++row)
        if (!std::ranges::equal(whole.row(row), pieces.row(row)))
            std::abort();
    std::byte answers[100];
    if (whole.take_answers(answers) > 64 || !(whole.cursor() == pieces.cursor()))
        std::abort();
    return 0;
}
