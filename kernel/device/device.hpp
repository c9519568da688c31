// Devices and their drivers. A driver is a constant value in one list, kernel/init/drivers.cpp.
#pragma once

#include "kernel/device/virtio.hpp"
#include "libs/base/slice.hpp"
#include "libs/cmdline/cmdline.hpp"

#include <string_view>

namespace device {

/// A started device; owns its hardware. Destroying it stops the hardware.
class Device {
public:
    Device() = default;
    Device(Device const&) = delete;
    Device& operator=(Device const&) = delete;
    virtual ~Device() = default;
};

/// Drives virtio devices with one id (virtio 1.2, section 5).
struct VirtioDriver {
    std::string_view name;
    u32 id;
    Result<Box<Device>> (*start)(Box<virtio::Transport> transport);
};

/// Drives hardware that stands at a known place. ENODEV when it is not there.
struct PlatformDriver {
    std::string_view name;
    Result<Box<Device>> (*start)();
};

struct Drivers {
    Slice<VirtioDriver const* const> virtio;
    Slice<PlatformDriver const* const> platform;
};

/// Finds the machine's devices and starts a driver for each that one claims. What fails is logged
/// and left out.
void start_devices(Drivers const& drivers, cmdline::CommandLine const& command_line);

} // namespace device
