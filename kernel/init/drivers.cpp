// Every driver in the kernel, in the order they are offered a device.
#include "kernel/init/drivers.hpp"

#include "kernel/drivers/framebuffer/driver.hpp"
#include "kernel/drivers/i8042/i8042.hpp"
#include "kernel/drivers/serial/serial.hpp"
#include "kernel/drivers/virtio_console/driver.hpp"
#include "kernel/drivers/virtio_rng/rng.hpp"

namespace init {
namespace {

constexpr device::VirtioDriver const* virtio[] = {
    &virtio_console::driver,
    &virtio_rng::driver,
};

constexpr device::PlatformDriver const* platform[] = {
    &serial::driver,
    &serial::log_port_driver,
    &framebuffer::driver,
    &i8042::driver,
};

} // namespace

constinit device::Drivers const drivers{.virtio = virtio, .platform = platform};

} // namespace init
