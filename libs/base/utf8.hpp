// UTF-8: the characters of a text. Bytes that are no UTF-8 count as characters of their own.
#pragma once

#include "libs/base/types.hpp"

#include <string_view>

namespace utf8 {

/// Bytes of the character that `text`, not empty, begins with.
constexpr usize length(std::string_view text) {
    u8 const first = static_cast<u8>(text[0]);
    usize const bytes = first < 0xc2   ? 1
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 1;
    if (bytes > text.size())
        return 1;
    for (usize i = 1; i < bytes; ++i)
        if ((static_cast<u8>(text[i]) & 0xc0) != 0x80)
            return 1;
    return bytes;
}

/// What a byte that is no UTF-8 has for a code point, beyond those of Unicode.
inline constexpr u32 stray_byte = 0x8000'0000;

/// The code point of one character, all of `character`.
constexpr u32 code_point(std::string_view character) {
    u8 const first = static_cast<u8>(character[0]);
    if (character.size() == 1)
        return first < 0x80 ? first : stray_byte | first;
    u32 value = first & (0xffU >> (character.size() + 1));
    for (char const next : character.substr(1))
        value = value << 6 | (static_cast<u8>(next) & 0x3fU);
    return value;
}

constexpr usize count(std::string_view text) {
    usize characters = 0;
    for (; !text.empty(); ++characters)
        text.remove_prefix(length(text));
    return characters;
}

/// Where the character begins that ends at `at`, which is not 0.
constexpr usize previous(std::string_view text, usize at) {
    usize start = at - 1;
    while (start != 0 && at - start < 4 && (static_cast<u8>(text[start]) & 0xc0) == 0x80)
        --start;
    return start + length(text.substr(start)) == at ? start : at - 1;
}

} // namespace utf8
