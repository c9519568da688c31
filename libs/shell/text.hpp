// Escapes and quotes: text as `echo`, `printf` and $'...' write it, and as the shell reads it back.
#pragma once

#include "libs/base/string.hpp"

#include <string_view>

namespace shell {

/// Whose escapes: they differ in how octal numbers begin, and in whether \c ends everything.
enum class Escapes : u8 {
    of_echo,   ///< echo -e and %b: \0nnn, \c
    of_format, ///< printf's first argument: \nnn
    of_quotes, ///< $'...': \nnn, \' and \"
};

/// Appends `text` with its escapes replaced; false when \c has ended it.
bool unescape(std::string_view text, Escapes escapes, String& into);

/// One word for the shell, with quotes only where it needs them.
String quoted(std::string_view text);

/// A value with single quotes always, as `set` and `export` list it.
String single_quoted(std::string_view text);

} // namespace shell
