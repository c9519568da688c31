// The text of a unit file as keys and values: a small, strict part of TOML.
//
//     # a remark
//     key = "text with \n and \u00e9"     # or 'text as it is'
//     other-key = 12
//     list = ["one", "two",
//             "three"]
//
// There are no tables, no dotted or quoted keys, no texts of several lines, no booleans, floats or
// dates.
#pragma once

#include "libs/service/problem.hpp"

#include <string_view>

namespace service {

struct Entry {
    enum class Kind : u8 { text, number, list };

    std::string_view key; ///< within the file's text
    u32 line = 0;
    Kind kind = Kind::text;
    Vector<String> texts; ///< one for a text, all of a list
    u32 number = 0;

    String const& text() const { return texts[0]; }
};

/// In the order of the file. A line with an error is left out and goes to `problems`; after one
/// within a list nothing more is read.
Vector<Entry> read_entries(std::string_view text, Problems& problems);

} // namespace service
