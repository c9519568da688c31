// Expected backtraces: functions, files and lines, where a line is told by what stands on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace golden {

/// A function in a backtrace, inlined or not.
struct Function {
    std::string name;
    std::string file;
    unsigned line = 0;
    bool inlined = false; ///< into the next that is not
};

/// Innermost first.
using Trace = std::vector<Function>;

/// Compares with the file tests/backtrace/golden/`name`, in which each line is one of
///
///     FUNCTION | FILE | TEXT     a function, maybe without its namespaces, at a line with this
///     text
///     + FUNCTION | FILE | TEXT   one that was inlined
///     FUNCTION                   one at any line
///     ...                        any number of others
///
/// Returns what is wrong; empty when they agree.
std::string compare(std::string_view name, Trace const& trace);

} // namespace golden
