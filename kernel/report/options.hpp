// What happens after a fatal error.
#pragma once

#include "libs/base/types.hpp"

namespace report {

/// From the boot options panic=N and oops=panic.
struct PanicOptions {
    i64 reboot_after = 0;    ///< seconds; 0 stops for good, negative reboots at once
    bool on_any_bug = false; ///< no bug is contained: each ends in the halt
};

void set_panic_options(PanicOptions options) noexcept;

/// Logs that a CPU is stuck, and what all CPUs are at. In an interrupt.
void describe_stall(usize cpu) noexcept;

} // namespace report
