// The first serial port (16550) as a terminal: /dev/ttyS0. The kernel's log writes to the same port
// by polling, below this driver.
#pragma once

#include "kernel/device/device.hpp"

namespace serial {

extern device::PlatformDriver const driver;

/// The port where the log goes as JSON if the command line asks (COM4's): tells the log when the
/// host reads again.
extern device::PlatformDriver const log_port_driver;

} // namespace serial
