// `#!` lines.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"

#include <string_view>

namespace process {

struct ScriptLine {
    std::string_view interpreter;
    std::string_view argument; ///< the rest of the line as one word; may be empty
};

/// Linux reads this many bytes of a program to find out what it is.
inline constexpr usize program_start_size = 256;

bool is_script(ConstBytes start);
/// ENOEXEC when there is no interpreter, or its path does not end within the bytes.
Result<ScriptLine> parse_script(ConstBytes start);

} // namespace process
