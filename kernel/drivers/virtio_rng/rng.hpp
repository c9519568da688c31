// The virtio entropy device (virtio 1.2, 5.4).
#pragma once

#include "kernel/device/device.hpp"

namespace virtio_rng {

extern device::VirtioDriver const driver;

} // namespace virtio_rng
