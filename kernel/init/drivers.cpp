// Every driver in the kernel, in the order they are offered a device.
#include "kernel/init/drivers.hpp"

namespace init {

constinit device::Drivers const drivers{.virtio = {}, .platform = {}};

} // namespace init
