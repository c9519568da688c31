// The driver of the screen that the loader left in a graphics mode.
#pragma once

#include "kernel/device/device.hpp"

namespace framebuffer {

extern device::PlatformDriver const driver;

} // namespace framebuffer
