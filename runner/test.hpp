// `linnet test`: builds every preset and runs its tests.
#pragma once

#include <string>

namespace runner {

/// Ends with the line "N passed, N failed"; returns 0 only if nothing failed.
int test(std::string const& filter);

} // namespace runner
