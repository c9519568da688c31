// Lines that were entered before.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <optional>
#include <string_view>

namespace edit {

class History {
public:
    static constexpr usize most = 1000;

    /// False if the line is not kept: blank, the same as the last, or begun with a space.
    bool add(std::string_view line);

    usize size() const { return lines_.size(); }

    /// 0 is the oldest.
    std::string_view operator[](usize index) const { return lines_[index]; }

    /// The newest line before `before` that begins with, or has in it, `text`.
    std::optional<usize> beginning_with(std::string_view text, usize before) const;
    std::optional<usize> with(std::string_view text, usize before) const;
    /// The oldest line after `after` that begins with `text`.
    std::optional<usize> next_beginning_with(std::string_view text, usize after) const;

    /// One line of a history file, with its newline: newlines and backslashes within are escaped.
    static String encode(std::string_view line);
    /// Adds what a history file has.
    void load(std::string_view file);

private:
    Vector<String> lines_;
};

} // namespace edit
