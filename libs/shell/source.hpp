// Text that a shell was given, and problems that point into it.
#pragma once

#include "libs/base/format.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/string.hpp"

#include <string_view>

namespace shell {

/// A script, a line that was typed, or a part of one that had to be unquoted first.
struct Source : RefCounted {
    Source(std::string_view file, std::string_view content, u32 line = 1)
        : name(file), text(content), first_line(line) {}

    String const name;
    String const text;
    u32 const first_line; ///< the number of the first line in its file
};

/// Something wrong, and where.
struct Problem {
    Ref<Source> source;
    usize at = 0; ///< offset in the source's text
    String message;
    bool incomplete = false; ///< more text could mend it
};

/// Lines and columns count from 1; columns are characters, not bytes.
struct Location {
    u32 line;
    u32 column;
    std::string_view text; ///< of the line
};

Location locate(Source const& source, usize at);

/// file:line:column: message, the line, and a caret under the place.
void describe(TextSink& sink, Problem const& problem);

} // namespace shell
