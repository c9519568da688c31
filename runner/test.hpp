// `linnet test`: builds every preset and runs its tests.
#pragma once

#include <string>
#include <vector>

namespace runner {

/// Ends with the line "N passed, N failed"; returns 0 only if nothing failed.
int test(std::string const& filter);

/// Runs the fault campaign (tests/faults) with these words behind its name; returns its exit code.
int test_faults(std::vector<std::string> const& words);

} // namespace runner
