// Matches the devices of this machine with drivers.
#include "kernel/device/device.hpp"

#include "kernel/arch/api/devices.hpp"
#include "kernel/device/pci.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/locked.hpp"

#include <algorithm>

namespace device {
namespace {

/// Made at the first device and never destroyed.
constinit ksync::SleepLocked<Vector<Box<Device>>*, ksync::Rank::device_list> started{nullptr};

char const* reason(Error const& error) {
    char const* const name = uapi::errno_name(error.code());
    return name != nullptr ? name : "?";
}

void keep(std::string_view driver, std::string_view place, Result<Box<Device>> device) {
    if (!device) {
        klog::error("{place}: {driver} did not start: {error}", place, driver,
                    reason(device.error()));
        return;
    }
    klog::info("{place}: {driver}", place, driver);
    auto list = started.lock();
    if (*list == nullptr)
        *list = make<Vector<Box<Device>>>().release();
    (*list)->push_back(std::move(*device));
}

void offer(Drivers const& drivers, Box<virtio::Transport> transport) {
    for (VirtioDriver const* const driver : drivers.virtio)
        if (driver->id == transport->device_id()) {
            String const place(transport->name());
            keep(driver->name, place, driver->start(std::move(transport)));
            return;
        }
    klog::info("{place}: no driver for virtio device {id}", transport->name(),
               transport->device_id());
}

void start_mmio(Drivers const& drivers, PhysAddr start, arch::IsaRoute interrupt) {
    auto transport = virtio::open_mmio(start, interrupt);
    if (transport)
        offer(drivers, std::move(*transport));
    else if (!(transport.error() == Errno::enoent))
        klog::error("virtio-mmio at {place}: {error}", start, reason(transport.error()));
}

/// Devices that the command line names, then those of the firmware's tables that it does not.
void start_mmio(Drivers const& drivers, cmdline::CommandLine const& command_line) {
    Vector<PhysAddr> named;
    for (auto const& text : command_line.all("virtio_mmio.device")) {
        auto const place = cmdline::parse_mmio_device(text);
        ensure(place.has_value(), "the command line keeps only what can be parsed");
        named.push_back(place->start);
        // The line stays high until the interrupt is acknowledged.
        start_mmio(
            drivers, place->start,
            {arch::isa_interrupt(place->irq).irq, arch::Trigger::level, arch::Polarity::high});
    }
    arch::for_each_virtio_device([&](PhysAddr start, arch::IsaRoute interrupt) {
        if (std::find(named.begin(), named.end(), start) == named.end())
            start_mmio(drivers, start, interrupt);
    });
}

void start_pci(Drivers const& drivers) {
    auto const functions = find_pci_functions();
    if (!functions) {
        klog::error("PCI: {}", reason(functions.error()));
        return;
    }
    for (auto const& function : *functions) {
        if (virtio::pci_device_id(*function) == 0)
            continue;
        auto transport = virtio::open_pci(function);
        if (transport)
            offer(drivers, std::move(*transport));
        else
            klog::error("virtio-pci {:02x}:{:02x}.{}: {}", function->location().bus,
                        function->location().device, function->location().function,
                        reason(transport.error()));
    }
}

} // namespace

void start_devices(Drivers const& drivers, cmdline::CommandLine const& command_line) {
    for (PlatformDriver const* const driver : drivers.platform) {
        auto device = driver->start();
        if (device || !(device.error() == Errno::enodev))
            keep(driver->name, "platform", std::move(device));
    }
    start_mmio(drivers, command_line);
    start_pci(drivers);
}

} // namespace device
