// The virtio console driver, for the list of drivers.
#pragma once

#include "kernel/device/device.hpp"

namespace virtio_console {

extern device::VirtioDriver const driver;

} // namespace virtio_console
