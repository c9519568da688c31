// What control sequences do (ECMA-48; DEC's private modes; console_codes(4) for Linux's choice).
#include "libs/base/format.hpp"
#include "libs/screen/screen.hpp"

#include <algorithm>

namespace screen {

/// A parameter that is absent or 0 means `otherwise`.
u32 Screen::parameter(usize index, u32 otherwise) const {
    return index < parameter_count_ && parameters_[index] != 0 ? parameters_[index] : otherwise;
}

void Screen::sequence(u8 last) {
    if (marker_ == '?') {
        if (last == 'h' || last == 'l')
            set_modes(last == 'h');
        return;
    }
    if (marker_ != 0 || move(last) || edit(last))
        return;
    switch (last) {
    case 'c':
    case 'n':
        return report(last);
    case 'h':
    case 'l':
        return set_modes(last == 'h');
    case 'm':
        return set_attributes();
    case 'r':
        return set_region();
    case 's':
        return save();
    case 'u':
        return restore();
    case 'g':
        if (parameter(0, 0) == 3)
            std::fill(tabs_.begin(), tabs_.end(), u8{0});
        else
            tabs_[cursor_.column] = 0;
        return;
    default:
        return;
    }
}

/// Whether it was a movement of the cursor.
bool Screen::move(u8 last) {
    i64 const count = parameter(0, 1);
    i64 const row = cursor_.row;
    i64 const column = cursor_.column;
    // Up and down stop at the region's edges when they begin inside of it.
    i64 const highest = cursor_.row >= top_ ? top_ : 0;
    i64 const lowest = (cursor_.row < bottom_ ? bottom_ : rows_) - 1;
    switch (last) {
    case 'A':
        go_to(std::max(row - count, highest), column);
        return true;
    case 'B':
    case 'e':
        go_to(std::min(row + count, lowest), column);
        return true;
    case 'C':
    case 'a':
        go_to(row, column + count);
        return true;
    case 'D':
        go_to(row, column - count);
        return true;
    case 'E':
        go_to(std::min(row + count, lowest), 0);
        return true;
    case 'F':
        go_to(std::max(row - count, highest), 0);
        return true;
    case 'G':
    case '`':
        go_to(row, count - 1);
        return true;
    case 'H':
    case 'f':
        go_to_in_region(count - 1, i64{parameter(1, 1)} - 1);
        return true;
    case 'd':
        go_to_in_region(count - 1, column);
        return true;
    default:
        return false;
    }
}

/// Whether it changed cells.
bool Screen::edit(u8 last) {
    u32 const count = parameter(0, 1);
    bool const inside = cursor_.row >= top_ && cursor_.row < bottom_;
    switch (last) {
    case '@':
        insert_cells(count);
        break;
    case 'P':
        delete_cells(count);
        break;
    case 'X':
        fill(cursor_.row, cursor_.column, std::min(cursor_.column + count, columns_));
        break;
    case 'J':
        erase_display(parameter(0, 0));
        break;
    case 'K':
        erase_line(parameter(0, 0));
        break;
    case 'L':
    case 'M':
        if (inside)
            scroll(cursor_.row, bottom_, last == 'M' ? i64{count} : -i64{count});
        break;
    case 'S':
    case 'T':
        scroll(top_, bottom_, last == 'S' ? i64{count} : -i64{count});
        break;
    default:
        return false;
    }
    wrap_pending_ = false;
    return true;
}

void Screen::report(u8 last) {
    if (last == 'c') {
        if (parameter(0, 0) == 0)
            answer("\33[?6c"); // a VT102
        return;
    }
    if (parameter(0, 0) == 5)
        answer("\33[0n");
    if (parameter(0, 0) != 6)
        return;
    char text[32];
    BufferSink sink(text);
    u32 const row = cursor_.row - (origin_mode_ ? top_ : 0);
    format_to(sink, "\33[{};{}R", row + 1, cursor_.column + 1);
    answer(sink.text());
}

void Screen::set_modes(bool on) {
    for (usize i = 0; i < parameter_count_; ++i) {
        u32 const mode = parameters_[i];
        if (marker_ == 0) {
            if (mode == 4)
                insert_mode_ = on;
            if (mode == 20)
                line_feed_returns_ = on;
            continue;
        }
        switch (mode) {
        case 1:
            application_cursor_keys_ = on;
            break;
        case 6:
            origin_mode_ = on;
            go_to_in_region(0, 0);
            break;
        case 7:
            auto_wrap_ = on;
            wrap_pending_ = wrap_pending_ && on;
            break;
        case 25:
            cursor_visible_ = on;
            break;
        default:
            break;
        }
    }
}

void Screen::set_region() {
    u32 const top = parameter(0, 1) - 1;
    u32 const bottom = std::min(parameter(1, rows_), rows_);
    if (top + 1 >= bottom)
        return; // a region has at least two lines
    top_ = top;
    bottom_ = bottom;
    go_to_in_region(0, 0);
}

/// `38;5;N` and `38;2;R;G;B`, at `index`; returns how many parameters belong to it.
usize Screen::set_colour(usize index, u8& colour) {
    auto const at = [&](usize i) { return i < parameter_count_ ? parameters_[i] : 0; };
    auto const nearest = [](u32 red, u32 green, u32 blue) {
        u32 const brightest = std::max({red, green, blue});
        u32 const bar = brightest / 2;
        u8 const hue =
            static_cast<u8>((red > bar ? 1 : 0) | (green > bar ? 2 : 0) | (blue > bar ? 4 : 0));
        if (brightest < 64)
            return u8{0};
        if (hue == 7)
            return static_cast<u8>(brightest < 128 ? 8 : brightest < 220 ? 7 : 15);
        return static_cast<u8>(hue | (brightest > 192 ? 8 : 0));
    };
    if (at(index + 1) == 2) {
        colour = nearest(std::min(at(index + 2), 255u), std::min(at(index + 3), 255u),
                         std::min(at(index + 4), 255u));
        return 5;
    }
    if (at(index + 1) != 5)
        return 1;
    u32 const number = std::min(at(index + 2), 255u);
    if (number < 16) {
        colour = static_cast<u8>(number);
    } else if (number < 232) { // a cube of 6 by 6 by 6
        u32 const place = number - 16;
        colour = nearest(place / 36 * 51, place / 6 % 6 * 51, place % 6 * 51);
    } else {
        u32 const grey = (number - 232) * 10 + 8;
        colour = nearest(grey, grey, grey);
    }
    return 3;
}

void Screen::set_attributes() {
    if (parameter_count_ == 0)
        attributes_ = {};
    for (usize i = 0; i < parameter_count_;) {
        u32 const what = parameters_[i];
        usize used = 1;
        switch (what) {
        case 0:
            attributes_ = {};
            break;
        case 1:
            attributes_.bold = true;
            break;
        case 4:
            attributes_.underlined = true;
            break;
        case 7:
            attributes_.reversed = true;
            break;
        case 8:
            attributes_.concealed = true;
            break;
        case 21:
        case 22:
            attributes_.bold = false;
            break;
        case 24:
            attributes_.underlined = false;
            break;
        case 27:
            attributes_.reversed = false;
            break;
        case 28:
            attributes_.concealed = false;
            break;
        case 38:
            used = set_colour(i, attributes_.foreground);
            break;
        case 39:
            attributes_.foreground = 7;
            break;
        case 48:
            used = set_colour(i, attributes_.background);
            break;
        case 49:
            attributes_.background = 0;
            break;
        default:
            if (what >= 30 && what <= 37)
                attributes_.foreground = static_cast<u8>(what - 30);
            else if (what >= 40 && what <= 47)
                attributes_.background = static_cast<u8>(what - 40);
            else if (what >= 90 && what <= 97)
                attributes_.foreground = static_cast<u8>(what - 90 + 8);
            else if (what >= 100 && what <= 107)
                attributes_.background = static_cast<u8>(what - 100 + 8);
        }
        i += used;
    }
}

} // namespace screen
