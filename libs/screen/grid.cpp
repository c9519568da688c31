// The cells of a screen: erasing, shifting, scrolling, and where the cursor may be.
#include "libs/screen/screen.hpp"

#include <algorithm>

namespace screen {

/// An erased place keeps the colours in force, as on Linux ("bce" in terminfo).
Cell Screen::blank() const {
    u8 foreground = attributes_.foreground;
    if (attributes_.bold && foreground < 8)
        foreground = static_cast<u8>(foreground + 8);
    Cell cell;
    cell.foreground = attributes_.reversed ? attributes_.background : foreground;
    cell.background = attributes_.reversed ? foreground : attributes_.background;
    return cell;
}

/// Columns [from, to) of a row become blank. Reversal is for text only.
void Screen::fill(u32 row, u32 from, u32 to) {
    Cell cell = blank();
    if (attributes_.reversed)
        std::swap(cell.foreground, cell.background);
    std::fill(line(row) + from, line(row) + to, cell);
    changed_[row] = 1;
}

/// 0: from the cursor on, 1: up to and with the cursor, 2 and 3: everything.
void Screen::erase_display(u32 how) {
    if (how > 3)
        return;
    for (u32 row = 0; row < rows_; ++row)
        if (how >= 2 || (how == 0 ? row > cursor_.row : row < cursor_.row))
            fill(row, 0, columns_);
    if (how < 2)
        erase_line(how);
}

void Screen::erase_line(u32 how) {
    if (how <= 2)
        fill(cursor_.row, how == 0 ? cursor_.column : 0, how == 1 ? cursor_.column + 1 : columns_);
}

void Screen::insert_cells(u32 count) {
    count = std::min(count, columns_ - cursor_.column);
    Cell* const cells = line(cursor_.row);
    std::move_backward(cells + cursor_.column, cells + columns_ - count, cells + columns_);
    fill(cursor_.row, cursor_.column, cursor_.column + count);
}

void Screen::delete_cells(u32 count) {
    count = std::min(count, columns_ - cursor_.column);
    Cell* const cells = line(cursor_.row);
    std::move(cells + cursor_.column + count, cells + columns_, cells + cursor_.column);
    fill(cursor_.row, columns_ - count, columns_);
}

/// Rows [top, bottom) move `up` rows (down when negative); blank rows come in.
void Screen::scroll(u32 top, u32 bottom, i64 up) {
    i64 const height = i64{bottom} - top;
    up = std::clamp(up, -height, height);
    u16* const first = order_.begin() + top;
    std::rotate(first, first + (up >= 0 ? up : height + up), order_.begin() + bottom);
    for (u32 row = top; row < bottom; ++row)
        changed_[row] = 1;
    u32 const fresh = up >= 0 ? static_cast<u32>(bottom - up) : top;
    for (u32 row = fresh; row < fresh + static_cast<u32>(up >= 0 ? up : -up); ++row)
        fill(row, 0, columns_);
}

void Screen::line_feed() {
    wrap_pending_ = false;
    if (cursor_.row + 1 == bottom_)
        return scroll(top_, bottom_, 1);
    changed_[cursor_.row] = 1;
    if (cursor_.row + 1 < rows_)
        ++cursor_.row;
    changed_[cursor_.row] = 1;
}

void Screen::reverse_line_feed() {
    if (cursor_.row == top_)
        scroll(top_, bottom_, -1);
    else
        go_to(i64{cursor_.row} - 1, cursor_.column);
    wrap_pending_ = false;
}

void Screen::go_to(i64 row, i64 column) {
    changed_[cursor_.row] = 1;
    cursor_.row = static_cast<u32>(std::clamp<i64>(row, 0, i64{rows_} - 1));
    cursor_.column = static_cast<u32>(std::clamp<i64>(column, 0, i64{columns_} - 1));
    changed_[cursor_.row] = 1;
    wrap_pending_ = false;
}

/// In origin mode rows count from the region's top, and the cursor stays inside.
void Screen::go_to_in_region(i64 row, i64 column) {
    if (origin_mode_)
        row = std::clamp<i64>(row + top_, top_, i64{bottom_} - 1);
    go_to(row, column);
}

void Screen::tab() {
    while (cursor_.column + 1 < columns_)
        if (tabs_[++cursor_.column] != 0)
            break;
}

void Screen::save() {
    saved_ = {cursor_, attributes_, {line_drawing_[0], line_drawing_[1]}, charset_};
}

void Screen::restore() {
    go_to(saved_.cursor.row, saved_.cursor.column);
    attributes_ = saved_.attributes;
    line_drawing_[0] = saved_.line_drawing[0];
    line_drawing_[1] = saved_.line_drawing[1];
    charset_ = saved_.charset;
}

} // namespace screen
