// What happens after a fatal error.
#pragma once

namespace report {

/// From the boot options panic=N (0 stops for good, anything else reboots) and oops=panic.
struct PanicOptions {
    bool reboot = false;
    bool on_any_bug = false; ///< no bug is contained: each ends in the halt
};

void set_panic_options(PanicOptions options) noexcept;

} // namespace report
