// What happens after a fatal error.
#pragma once

namespace report {

/// From the boot option panic=N: 0 stops for good, anything else reboots.
struct PanicOptions {
    bool reboot = false;
};

void set_panic_options(PanicOptions options) noexcept;

} // namespace report
