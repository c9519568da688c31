// `linnet bench`: Linnet and Debian's Linux side by side, in instructions.
#pragma once

#include <string>
#include <vector>

namespace bench {

struct Options {
    std::vector<std::string> names; ///< rows of the table; empty for all
    std::string json;               ///< file to write too; empty for none
    std::string profile;            ///< operation to show by function instead; empty for none
    std::string linux_kernel;       ///< another Linux than Debian's; empty for that
    bool check = false;             ///< exit code 1 when a goal is missed
    bool fresh = false;             ///< measure Linux even if its numbers are known
};

/// Runs the command and returns its exit code.
int bench(Options const& options);

} // namespace bench
