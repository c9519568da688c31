// /proc/PID/maps: "start-end rwxp offset device inode      /path", numbers in hexadecimal.
#include "libs/inspect/mapping.hpp"

#include <algorithm>
#include <charconv>

namespace inspect {
namespace {

/// A hexadecimal number, and the character behind it, at the start of `rest`; takes both.
bool take_number(std::string_view& rest, char behind, u64& into) {
    auto const [after, error] = std::from_chars(rest.data(), rest.data() + rest.size(), into, 16);
    auto const digits = static_cast<usize>(after - rest.data());
    if (error != std::errc() || digits == rest.size() || rest[digits] != behind)
        return false;
    rest.remove_prefix(digits + 1);
    return true;
}

} // namespace

Vector<Mapping> parse_maps(std::string_view text) {
    Vector<Mapping> mappings;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        Mapping mapping;
        if (!take_number(line, '-', mapping.start) || !take_number(line, ' ', mapping.end) ||
            mapping.start >= mapping.end || line.size() < 5)
            continue;
        line.remove_prefix(5); // the rights
        auto const path = line.find('/');
        if (!take_number(line, ' ', mapping.offset) || path == line.npos)
            continue;
        mapping.file = line.substr(line.find('/'));
        mappings.push_back(mapping);
    }
    return mappings;
}

} // namespace inspect
