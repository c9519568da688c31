// Matches patterns, going back to the last star only, so that no pattern takes exponential time.
#include "libs/shell/pattern.hpp"

#include "libs/base/utf8.hpp"

#include <algorithm>
#include <optional>

namespace shell {
namespace {

constexpr std::string_view special = "*?[]\\";

bool in_class(std::string_view name, u32 c) {
    bool const lower = c >= 'a' && c <= 'z';
    bool const upper = c >= 'A' && c <= 'Z';
    bool const digit = c >= '0' && c <= '9';
    bool const graphic = c > ' ' && c < 0x7f;
    if (name == "alpha")
        return lower || upper;
    if (name == "digit")
        return digit;
    if (name == "alnum")
        return lower || upper || digit;
    if (name == "upper")
        return upper;
    if (name == "lower")
        return lower;
    if (name == "space")
        return c == ' ' || (c >= '\t' && c <= '\r');
    if (name == "blank")
        return c == ' ' || c == '\t';
    if (name == "punct")
        return graphic && !lower && !upper && !digit;
    if (name == "xdigit")
        return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (name == "cntrl")
        return c < ' ' || c == 0x7f;
    if (name == "graph")
        return graphic;
    if (name == "print")
        return graphic || c == ' ';
    return false;
}

/// One member of a bracket expression at `at`, which moves behind it.
u32 member(std::string_view pattern, usize& at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size())
        ++at;
    auto const rest = pattern.substr(at);
    usize const length = utf8::length(rest);
    at += length;
    return utf8::code_point(rest.substr(0, length));
}

struct Bracket {
    usize length; ///< in the pattern
    bool holds;
};

/// What the bracket expression that `pattern` begins with says about `c`; nothing if it has no end.
std::optional<Bracket> bracket(std::string_view pattern, u32 c) {
    usize at = 1;
    bool const negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    at += negated ? 1 : 0;
    bool found = false;
    for (bool first = true; at < pattern.size(); first = false) {
        if (pattern[at] == ']' && !first)
            return Bracket{at + 1, found != negated};
        if (pattern.substr(at).starts_with("[:")) {
            usize const end = pattern.find(":]", at + 2);
            if (end != std::string_view::npos) {
                found |= in_class(pattern.substr(at + 2, end - at - 2), c);
                at = end + 2;
                continue;
            }
        }
        u32 const low = member(pattern, at);
        u32 high = low;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            ++at;
            high = member(pattern, at);
        }
        found |= low <= c && c <= high;
    }
    return std::nullopt;
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) {
    usize at = 0;
    usize in = 0;
    usize star = std::string_view::npos; // behind the last star
    usize tried = 0;                     // where the text went on after it
    for (;;) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = ++at;
            tried = in;
            continue;
        }
        if (in == text.size()) {
            if (at == pattern.size())
                return true;
        } else if (at < pattern.size()) {
            auto const rest = text.substr(in);
            usize const length = utf8::length(rest);
            usize taken = 1;
            bool fits = false;
            auto const brackets =
                pattern[at] == '['
                    ? bracket(pattern.substr(at), utf8::code_point(rest.substr(0, length)))
                    : std::nullopt;
            if (pattern[at] == '?') {
                fits = true;
            } else if (brackets) {
                fits = brackets->holds;
                taken = brackets->length;
            } else {
                if (pattern[at] == '\\' && at + 1 < pattern.size())
                    ++at;
                taken = std::min(utf8::length(pattern.substr(at)), length);
                fits = pattern.substr(at, length) == rest.substr(0, length);
            }
            if (fits) {
                at += taken;
                in += length;
                continue;
            }
        }
        if (star == std::string_view::npos || tried >= text.size())
            return false;
        tried += utf8::length(text.substr(tried));
        in = tried;
        at = star;
    }
}

bool has_wildcards(std::string_view pattern) {
    for (usize at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\')
            ++at;
        else if (pattern[at] == '*' || pattern[at] == '?' ||
                 (pattern[at] == '[' && bracket(pattern.substr(at), 0)))
            return true;
    }
    return false;
}

String escape_pattern(std::string_view text) {
    String result;
    for (char const c : text) {
        // Within brackets, - ! ^ mean something, too.
        if (special.find(c) != std::string_view::npos || c == '-' || c == '!' || c == '^')
            result.push_back('\\');
        result.push_back(c);
    }
    return result;
}

String unescape_pattern(std::string_view pattern) {
    String result;
    for (usize at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size())
            ++at;
        result.push_back(pattern[at]);
    }
    return result;
}

} // namespace shell
