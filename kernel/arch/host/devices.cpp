// The host machine has neither ports nor PCI.
#include "kernel/arch/api/devices.hpp"

namespace arch {

u8 read_port(u16) {
    return 0xff;
}

void write_port(u16, u8) {}

std::optional<PciConfigurationSpace> pci_configuration_space() {
    return std::nullopt;
}

} // namespace arch
