// For this library's own files: words and numbers of lines.
#pragma once

#include "libs/base/types.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace cron {

constexpr bool is_blank(char character) {
    return character == ' ' || character == '\t';
}

inline void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text[0]))
        text.remove_prefix(1);
}

/// Up to the next blank or the end; takes the blanks behind it, too.
inline std::string_view take_word(std::string_view& text) {
    usize length = 0;
    while (length < text.size() && !is_blank(text[length]))
        ++length;
    auto const word = text.substr(0, length);
    text.remove_prefix(length);
    skip_blanks(text);
    return word;
}

/// A whole decimal number without a sign.
inline std::optional<u32> parse_number(std::string_view text) {
    u32 value = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.end())
        return std::nullopt;
    return value;
}

} // namespace cron
