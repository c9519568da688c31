// The end of a system: whatever still runs, the file systems, the power.
#pragma once

#include "user/init/control.hpp"

/// Ends all processes, unmounts, and switches off or starts again; or, when the kernel was told to
/// report the end of init (linnet.exit=report) and it is not restarted, ends with `status`.
[[noreturn]] void end_system(Ending ending, int status, Outlet& outlet);
