// The drivers of this kernel.
#pragma once

#include "kernel/device/device.hpp"

namespace init {

extern device::Drivers const drivers;

} // namespace init
