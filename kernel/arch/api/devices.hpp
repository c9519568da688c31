// Ways to devices that only some machines have: I/O ports and PCI configuration space.
#pragma once

#include "kernel/arch/api/interrupts.hpp"
#include "libs/base/address.hpp"
#include "libs/base/function_ref.hpp"

#include <optional>

namespace arch {

/// Byte-wide I/O ports. A machine without ports reads 0xff.
u8 read_port(u16 port);
void write_port(u16 port, u8 value);

/// PCI configuration space in memory (ECAM): bus b, device d, function f starts at
/// base + (b << 20 | d << 15 | f << 12).
struct PciConfigurationSpace {
    PhysAddr base; ///< of bus 0, even when first_bus is not 0
    u8 first_bus = 0;
    u8 last_bus = 0;
};

/// Nothing on a machine without PCI, or with configuration through ports only.
std::optional<PciConfigurationSpace> pci_configuration_space();

/// Every virtio device whose registers firmware names: where they are, and its interrupt.
void for_each_virtio_device(FunctionRef<void(PhysAddr registers, IsaRoute interrupt)> visit);

} // namespace arch
