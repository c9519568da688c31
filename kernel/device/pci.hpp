// PCI functions of this machine: configuration space, BARs, and virtio devices on it.
#pragma once

#include "kernel/device/virtio.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/base/ref.hpp"
#include "libs/pci/configuration.hpp"

namespace device {

/// One function, its decoding on and its BARs assigned.
class PciFunction : public RefCounted {
public:
    PciFunction(pci::Location location, Box<Registers> registers);

    pci::Location location() const { return location_; }

    pci::Configuration& configuration() { return configuration_; }

    u16 vendor() const { return configuration_.read16(pci::register_vendor); }

    u16 device_number() const { return configuration_.read16(pci::register_device); }

    pci::Bars const& bars() const { return bars_; }

    /// EINVAL when the BAR is not in memory or too small, ENODEV when it has no address.
    Result<Box<Registers>> map_bar(u8 index, u64 offset, u64 size);

private:
    friend class PciBus;

    class MappedConfiguration final : public pci::Configuration {
    public:
        explicit MappedConfiguration(Box<Registers> registers) : registers_(std::move(registers)) {}

        u32 read(u16 offset, u8 width) const override { return registers_->read(offset, width); }

        void write(u16 offset, u8 width, u32 value) override {
            registers_->write(offset, width, value);
        }

    private:
        Box<Registers> registers_;
    };

    pci::Location location_;
    MappedConfiguration configuration_;
    pci::Bars bars_;
};

/// Every function on every bus that firmware numbered, with BARs that firmware left at zero
/// assigned (qboot assigns none).
Result<Vector<Ref<PciFunction>>> find_pci_functions();

} // namespace device

namespace virtio {

/// The virtio device id of a PCI function; 0 when it is none.
u32 pci_device_id(device::PciFunction& function);
/// ENOTSUP for a legacy device or one without MSI-X.
Result<Box<Transport>> open_pci(Ref<device::PciFunction> function);

} // namespace virtio
