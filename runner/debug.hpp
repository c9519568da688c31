// `linnet debug`: a machine that waits for gdb, and gdb.
#pragma once

#include "runner/run.hpp"

namespace runner {

/// Returns gdb's exit code once the user has left it; the machine ends with it.
int debug(RunOptions const& options);

} // namespace runner
