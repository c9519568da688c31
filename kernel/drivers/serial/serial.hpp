// The first serial port (16550) as a terminal: /dev/ttyS0. The kernel's log writes to the same port
// by polling, below this driver.
#pragma once

#include "kernel/device/device.hpp"

namespace serial {

extern device::PlatformDriver const driver;

} // namespace serial
