// I/O ports, and where ACPI says PCI configuration space is.
#include "kernel/arch/api/devices.hpp"

#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/platform.hpp"
#include "kernel/arch/x86_64/port.hpp"
#include "kernel/log/log.hpp"

namespace arch {

u8 read_port(u16 port) {
    return in8(port);
}

void write_port(u16 port, u8 value) {
    out8(port, value);
}

std::optional<PciConfigurationSpace> pci_configuration_space() {
    using namespace platform;
    auto const root = acpi::find_root(firmware_memory(), loader_root_pointer());
    if (!root)
        return std::nullopt;
    auto const table = acpi::find_table(firmware_memory(), *root, "MCFG");
    if (!table)
        return std::nullopt;
    auto const spaces = acpi::parse_mcfg(firmware_memory(), *table);
    if (!spaces) {
        klog::warn("ACPI: {}", spaces.error().cause);
        return std::nullopt;
    }
    for (auto const& space : *spaces)
        if (space.segment == 0)
            return PciConfigurationSpace{space.base, space.first_bus, space.last_bus};
    return std::nullopt;
}

void for_each_virtio_device(FunctionRef<void(PhysAddr registers, IsaRoute interrupt)> visit) {
    if (!power_registers())
        return;
    auto const devices =
        platform::acpi::find_virtio_devices(firmware_memory(), power_registers()->dsdt);
    for (auto const& device : devices)
        visit(device.registers,
              {Irq{device.gsi},
               device.trigger == platform::Trigger::level ? Trigger::level : Trigger::edge,
               device.polarity == platform::Polarity::active_low ? Polarity::low : Polarity::high});
}

} // namespace arch
