// Ports as character devices: /dev/vport0p1, with the semantics of Linux's virtio_console.
#pragma once

#include "kernel/drivers/virtio_console/port.hpp"

namespace virtio_console {

/// Makes the node `vport<device>p<id>`. The port must live for ever.
Result<void> register_port(Port& port, u32 device);

} // namespace virtio_console
