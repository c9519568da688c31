// The command lines of the differential suite, as read from cases/*.sh.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace differential {

struct Case {
    std::string name;   ///< file and line, as in "files:12"
    std::string script; ///< what the guest's sh runs
    std::string excuse; ///< why Linnet may differ; empty if it may not
};

/// Blocks separated by blank lines. Lines that begin with '#' ahead of a block are comments;
/// "#excused: REASON" among them allows a difference.
std::vector<Case> parse_cases(std::string_view file_name, std::string_view text);

/// All cases of a directory, by file name.
std::vector<Case> read_cases(std::string const& directory);

} // namespace differential
