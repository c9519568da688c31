// Replaces escapes, and puts quotes around text.
#include "libs/shell/text.hpp"

#include <algorithm>

namespace shell {
namespace {

int digit_of(char c, int base) {
    int const value = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    return value < base ? value : -1;
}

/// Up to `most` digits at `at`, which moves behind them.
int number(std::string_view text, usize& at, int base, usize most) {
    int value = 0;
    for (usize i = 0; i < most && at < text.size() && digit_of(text[at], base) >= 0; ++i)
        value = value * base + digit_of(text[at++], base);
    return value;
}

char simple_escape(char c) {
    constexpr std::string_view letters = "abefnrtv\\";
    constexpr std::string_view values = "\a\b\x1b\f\n\r\t\v\\";
    usize const found = letters.find(c);
    return found == std::string_view::npos ? '\0' : values[found];
}

} // namespace

bool unescape(std::string_view text, Escapes escapes, String& into) {
    for (usize at = 0; at < text.size();) {
        char const c = text[at++];
        if (c != '\\' || at == text.size()) {
            into.push_back(c);
            continue;
        }
        char const letter = text[at];
        if (char const plain = simple_escape(letter)) {
            into.push_back(plain);
            ++at;
        } else if (letter == 'c' && escapes != Escapes::of_quotes) {
            return false;
        } else if (letter == 'x' && at + 1 < text.size() && digit_of(text[at + 1], 16) >= 0) {
            ++at;
            into.push_back(static_cast<char>(number(text, at, 16, 2)));
        } else if (digit_of(letter, 8) >= 0 && (escapes != Escapes::of_echo || letter == '0')) {
            at += escapes == Escapes::of_echo ? 1 : 0;
            into.push_back(static_cast<char>(number(text, at, 8, 3)));
        } else if (escapes == Escapes::of_quotes && (letter == '\'' || letter == '"')) {
            into.push_back(letter);
            ++at;
        } else {
            into.push_back('\\');
        }
    }
    return true;
}

String single_quoted(std::string_view text) {
    String result = "'";
    for (char const c : text) {
        if (c == '\'')
            result.append("'\\'");
        result.push_back(c);
    }
    result.push_back('\'');
    return result;
}

String quoted(std::string_view text) {
    constexpr std::string_view plain = "_-+./:,%@^=";
    bool const safe = !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               static_cast<u8>(c) >= 0x80 || plain.find(c) != std::string_view::npos;
    });
    return safe ? String(text) : single_quoted(text);
}

} // namespace shell
