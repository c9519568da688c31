// The keyboard of a PC behind an 8042 controller.
#pragma once

#include "kernel/device/device.hpp"

namespace i8042 {

extern device::PlatformDriver const driver;

} // namespace i8042
