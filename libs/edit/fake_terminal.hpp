// A terminal for tests: what a VT100 shows of the few sequences the editor writes.
#pragma once

#include "libs/base/utf8.hpp"
#include "libs/edit/width.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace edit {

/// Has as many rows as have been reached by line feeds and wrapping.
class FakeTerminal {
public:
    explicit FakeTerminal(usize columns) : columns_(columns) { rows_.emplace_back(columns, " "); }

    void write(std::string_view text) {
        while (!text.empty()) {
            if (text.starts_with("\x1b[")) {
                usize end = 2;
                while (end < text.size() && (text[end] < '@' || text[end] > '~'))
                    ++end;
                sequence(text.substr(2, end - 2), text[end]);
                text.remove_prefix(end + 1);
                continue;
            }
            usize const length = utf8::length(text);
            put(text.substr(0, length));
            text.remove_prefix(length);
        }
    }

    /// Rows without blanks at their ends, each with a newline; those at the end that are blank are
    /// left out.
    std::string screen() const {
        std::string all;
        for (auto const& row : rows_) {
            std::string line;
            for (auto const& cell : row)
                line += cell;
            line.erase(line.find_last_not_of(' ') + 1);
            all += line + "\n";
        }
        while (all.ends_with("\n\n"))
            all.pop_back();
        return all;
    }

    usize row() const { return row_; }

    usize column() const { return column_; }

    usize bells() const { return bells_; }

private:
    void put(std::string_view character) {
        u32 const code = utf8::code_point(character);
        if (code == '\r') {
            column_ = 0;
            waiting_ = false;
        } else if (code == '\n') {
            waiting_ = false;
            next_row();
        } else if (code == '\b') {
            column_ -= column_ != 0 ? 1 : 0;
            waiting_ = false;
        } else if (code == '\a') {
            ++bells_;
        } else if (usize const width = width_of(code); width == 0) {
            usize const at = waiting_ ? column_ : column_ != 0 ? column_ - 1 : 0;
            rows_[row_][at] += character;
        } else {
            if (waiting_ || column_ + width > columns_) {
                column_ = 0;
                waiting_ = false;
                next_row();
            }
            rows_[row_][column_] = character;
            if (width == 2)
                rows_[row_][column_ + 1] = "";
            column_ += width;
            if (column_ >= columns_) {
                column_ = columns_ - 1;
                waiting_ = true;
            }
        }
    }

    void next_row() {
        if (++row_ == rows_.size())
            rows_.emplace_back(columns_, " ");
    }

    void sequence(std::string_view numbers, char last) {
        usize const count = numbers.empty() ? 1 : std::stoul(std::string(numbers));
        waiting_ = last == 'm' && waiting_;
        switch (last) {
        case 'A':
            row_ -= std::min(row_, count);
            break;
        case 'B':
            row_ = std::min(row_ + count, rows_.size() - 1);
            break;
        case 'C':
            column_ = std::min(column_ + count, columns_ - 1);
            break;
        case 'D':
            column_ -= std::min(column_, count);
            break;
        case 'H':
            row_ = column_ = 0;
            break;
        case 'J':
            erase(numbers == "2");
            break;
        default:
            break;
        }
    }

    void erase(bool all) {
        for (usize row = all ? 0 : row_; row < rows_.size(); ++row)
            for (usize column = all || row > row_ ? 0 : column_; column < columns_; ++column)
                rows_[row][column] = " ";
    }

    usize columns_;
    std::vector<std::vector<std::string>> rows_;
    usize row_ = 0;
    usize column_ = 0;
    usize bells_ = 0;
    bool waiting_ = false; ///< in the last column, for the character that wraps
};

} // namespace edit
