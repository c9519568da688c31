// Test cases: the parser, and the comparison.
#include "user/check/cases.hpp"

namespace {

std::string_view take_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    auto const line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return line;
}

/// What is behind the sign and one space.
std::string_view behind(std::string_view line, usize sign) {
    return line.size() > sign && line[sign] == ' ' ? line.substr(sign + 1) : line.substr(sign);
}

Line expected(std::string_view line) {
    bool const pattern = line.starts_with("|~") || line.starts_with("!~");
    return {String(behind(line, pattern ? 2 : 1)), pattern};
}

void add_line(String& to, std::string_view line) {
    to.append(line);
    to.append("\n");
}

int number(std::string_view text) {
    int value = 0;
    for (char const digit : text)
        if (digit >= '0' && digit <= '9')
            value = value * 10 + (digit - '0');
    return value;
}

/// `*` in the pattern stands for any text.
bool matches_pattern(std::string_view pattern, std::string_view text) {
    usize star = pattern.npos;
    usize after = 0;
    usize p = 0;
    for (usize t = 0; t < text.size();) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            after = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != pattern.npos) {
            p = star + 1;
            t = ++after;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

} // namespace

Cases parse_cases(std::string_view text) {
    Cases result;
    String programs;
    for (int number_of_line = 1; !text.empty(); ++number_of_line) {
        auto const line = take_line(text);
        if (line.starts_with("## ")) {
            result.cases.push_back(
                {.name = line.substr(3), .programs = programs, .line = number_of_line});
            continue;
        }
        if (line.starts_with("@ ")) {
            programs = line.substr(1);
            continue;
        }
        if (line.empty() || line.starts_with("# ") || line == "#" || result.cases.empty())
            continue;
        Case& last = result.cases.back();
        switch (line[0]) {
        case '$':
            add_line(last.script, behind(line, 1));
            break;
        case '<':
            add_line(last.input, behind(line, 1));
            break;
        case '|':
            last.output.push_back(expected(line));
            break;
        case '!':
            last.errors.push_back(expected(line));
            break;
        case '=':
            last.status = number(behind(line, 1));
            break;
        default:
            if (result.bad_line == 0)
                result.bad_line = number_of_line;
        }
    }
    return result;
}

bool matches(Vector<Line> const& expected, std::string_view text) {
    for (auto const& line : expected) {
        if (text.find('\n') == text.npos)
            return false;
        auto const got = take_line(text);
        if (line.pattern ? !matches_pattern(line.text, got) : line.text != got)
            return false;
    }
    return text.empty();
}
