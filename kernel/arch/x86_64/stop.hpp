// Ends of a CPU: stopping for a panic, and recognising stacks that ran over.
#pragma once

#include "libs/base/address.hpp"

namespace arch {

/// Whether another CPU asked all to stop.
bool stop_requested();
/// If `at` lies in a guard page below a kernel stack, the name to report.
char const* overflowed_stack(VirtAddr at);

} // namespace arch
