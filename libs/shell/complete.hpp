// What stands in front of the cursor: what Tab completes, and how the answer is quoted.
#pragma once

#include "libs/base/string.hpp"

#include <string_view>

namespace shell {

struct ToComplete {
    enum class Kind : u8 { command, file, variable };
    Kind kind = Kind::command;
    usize begin = 0;     ///< in the line: what is replaced
    String directory;    ///< up to its last slash, without quotes; as written if it is `~/`
    String prefix;       ///< what the name begins with, without quotes
    char quote = '\0';   ///< the one that is open: ' or "
    bool braces = false; ///< of ${
};

/// `line` ends at the cursor.
ToComplete to_complete(std::string_view line);

/// A name to stand at ToComplete::begin. `whole`: the quote is closed behind it.
String completed(ToComplete const& what, std::string_view name, bool whole);

} // namespace shell
