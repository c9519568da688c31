// The host machine has the ports that a test gives it, and no PCI.
#include "kernel/arch/api/devices.hpp"

#include "kernel/arch/host/machine.hpp"

#include <atomic>

namespace {

std::atomic<host::Ports*> ports{nullptr};

} // namespace

void host::set_ports(Ports* given) {
    ports = given;
}

namespace arch {

u8 read_port(u16 port) {
    auto* const there = ports.load();
    return there != nullptr ? there->read(port) : 0xff;
}

void write_port(u16 port, u8 value) {
    if (auto* const there = ports.load())
        there->write(port, value);
}

std::optional<PciConfigurationSpace> pci_configuration_space() {
    return std::nullopt;
}

void for_each_virtio_device(FunctionRef<void(PhysAddr, IsaRoute)>) {}

} // namespace arch
