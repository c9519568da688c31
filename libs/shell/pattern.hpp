// Patterns of file names, `case` and ${x#...}: * ? [...] and backslashes.
#pragma once

#include "libs/base/string.hpp"

#include <string_view>

namespace shell {

/// Whether the whole text fits. Works on characters of UTF-8; a byte that is none counts as one.
bool matches(std::string_view pattern, std::string_view text);

/// Whether the pattern is more than a text.
bool has_wildcards(std::string_view pattern);

/// The pattern that only this text fits.
String escape_pattern(std::string_view text);

/// The text of a pattern without wildcards: what backslashes protected.
String unescape_pattern(std::string_view pattern);

} // namespace shell
