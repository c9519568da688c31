// Virtio over PCI (virtio 1.2, 4.1), modern devices, with one MSI-X message for all queues.
#include "kernel/device/interrupts.hpp"
#include "kernel/device/pci.hpp"
#include "libs/base/format.hpp"

#include <algorithm>

namespace virtio {
namespace {

constexpr u16 vendor = 0x1af4;
constexpr u16 first_transitional = 0x1000;
constexpr u16 first_modern = 0x1040;
constexpr u16 last_modern = 0x107f;
constexpr u16 register_subsystem = 0x2e;

// 4.1.4.3: the common configuration structure.
constexpr usize device_features_select = 0x00;
constexpr usize device_features_register = 0x04;
constexpr usize driver_features_select = 0x08;
constexpr usize driver_features_register = 0x0c;
constexpr usize configuration_vector = 0x10;
constexpr usize status_register = 0x14;
constexpr usize queue_select = 0x16;
constexpr usize queue_size = 0x18;
constexpr usize queue_vector = 0x1a;
constexpr usize queue_enable = 0x1c;
constexpr usize queue_notify_offset = 0x1e;
constexpr usize queue_descriptors = 0x20;
constexpr usize queue_available = 0x28;
constexpr usize queue_used = 0x30;
constexpr usize common_size = 0x38;
constexpr u16 no_vector = 0xffff;

// PCI 3.0, 6.8.2: an entry of the MSI-X table.
constexpr usize message_address = 0;
constexpr usize message_data = 8;
constexpr usize message_control = 12;
constexpr usize message_size = 16;
constexpr u16 message_enable = 0x8000;
constexpr u16 message_mask_all = 0x4000;

/// A device without configuration of its own: everything reads 0.
class NoRegisters final : public Registers {
public:
    u32 read(usize, u8) const override { return 0; }

    void write(usize, u8, u32) override {}
};

class PciTransport final : public Transport {
public:
    struct Parts {
        Box<Registers> common, notify, own, messages;
        u32 notify_multiplier = 0;
        u32 notify_size = 0;
        u8 message_capability = 0;
    };

    PciTransport(Ref<device::PciFunction> function, Parts parts)
        : function_(std::move(function)),
          parts_(std::move(parts)),
          name_(format("virtio-pci {:02x}:{:02x}.{}", function_->location().bus,
                       function_->location().device, function_->location().function)) {}

    ~PciTransport() override { reset(); }

    u32 device_id() const override { return pci_device_id(*function_); }

    std::string_view name() const override { return name_; }

    Result<void> connect(Handler handler, void* context) override {
        handler_ = handler;
        context_ = context;
        auto const message = TRY(interrupt_.connect_message());
        auto& messages = *parts_.messages;
        messages.write64(message_address, message.address);
        messages.write32(message_data, message.data);
        messages.write32(message_control, 0);
        u16 const control = static_cast<u16>(parts_.message_capability + 2);
        auto& configuration = function_->configuration();
        u16 const flags = configuration.read16(control) & static_cast<u16>(~message_mask_all);
        configuration.write16(control, flags | message_enable);
        parts_.common->write16(configuration_vector, no_vector);
        for (u16 queue = 0; queue < queues_; ++queue) {
            parts_.common->write16(queue_select, queue);
            parts_.common->write16(queue_vector, 0);
            if (parts_.common->read16(queue_vector) == no_vector)
                return fail(Errno::enodev); // 4.1.5.1.2.1: it could not
        }
        return {};
    }

    void notify(u16 queue) override {
        ensure(queue < notify_offsets_.size(), "a queue that was not made");
        parts_.notify->write16(notify_offsets_[queue], queue);
    }

    Registers& configuration() override { return *parts_.own; }

protected:
    u64 device_features() override {
        parts_.common->write32(device_features_select, 0);
        u64 const low = parts_.common->read32(device_features_register);
        parts_.common->write32(device_features_select, 1);
        return low | u64{parts_.common->read32(device_features_register)} << 32;
    }

    void set_driver_features(u64 features) override {
        parts_.common->write32(driver_features_select, 0);
        parts_.common->write32(driver_features_register, static_cast<u32>(features));
        parts_.common->write32(driver_features_select, 1);
        parts_.common->write32(driver_features_register, static_cast<u32>(features >> 32));
    }

    u8 status() override { return parts_.common->read8(status_register); }

    void set_status(u8 status) override { parts_.common->write8(status_register, status); }

    u16 queue_limit(u16 index) override {
        parts_.common->write16(queue_select, index);
        return parts_.common->read16(queue_size);
    }

    void enable_queue(u16 index, SplitQueue const& ring) override {
        auto& common = *parts_.common;
        common.write16(queue_select, index);
        common.write16(queue_size, ring.size());
        common.write16(queue_vector, no_vector); // connect() gives it one
        common.write64(queue_descriptors, ring.descriptors().value());
        common.write64(queue_available, ring.available().value());
        common.write64(queue_used, ring.used().value());
        u64 const offset = u64{common.read16(queue_notify_offset)} * parts_.notify_multiplier;
        ensure(offset + 2 <= parts_.notify_size, "a queue's doorbell outside its region");
        if (notify_offsets_.size() <= index)
            notify_offsets_.resize(usize{index} + 1);
        notify_offsets_[index] = offset;
        queues_ = std::max<u16>(queues_, index + 1);
        common.write16(queue_enable, 1);
    }

private:
    static bool interrupted(void* self) {
        auto& transport = *static_cast<PciTransport*>(self);
        transport.handler_(transport.context_);
        return true;
    }

    static void stopped(void* self) { interrupts_stopped(*static_cast<PciTransport*>(self)); }

    Ref<device::PciFunction> function_;
    Parts parts_;
    String name_;
    Vector<u64> notify_offsets_;
    u16 queues_ = 0;
    Handler handler_ = nullptr;
    void* context_ = nullptr;
    device::InterruptHandler interrupt_{"virtio-pci", interrupted, this, stopped};
};

} // namespace

u32 pci_device_id(device::PciFunction& function) {
    if (function.vendor() != vendor)
        return 0;
    u16 const number = function.device_number();
    if (number >= first_modern && number <= last_modern)
        return number - first_modern;
    if (number >= first_transitional && number < first_modern)
        return function.configuration().read16(register_subsystem);
    return 0;
}

Result<Box<Transport>> open_pci(Ref<device::PciFunction> function) {
    auto& configuration = function->configuration();
    auto const regions = pci::find_virtio_regions(configuration);
    auto const table = pci::find_message_table(configuration);
    if (!regions || !table)
        return fail(Errno::enotsup);
    PciTransport::Parts parts;
    parts.common = TRY(function->map_bar(regions->common.bar, regions->common.offset, common_size));
    parts.notify =
        TRY(function->map_bar(regions->notify.bar, regions->notify.offset, regions->notify.size));
    parts.notify_multiplier = regions->notify_multiplier;
    parts.notify_size = regions->notify.size;
    if (regions->has_device)
        parts.own = TRY(
            function->map_bar(regions->device.bar, regions->device.offset, regions->device.size));
    else
        parts.own = make<NoRegisters>();
    parts.messages = TRY(function->map_bar(table->bar, table->offset, message_size));
    parts.message_capability = table->capability;
    u16 const command = configuration.read16(pci::register_command);
    configuration.write16(pci::register_command, command | pci::command_memory |
                                                     pci::command_bus_master |
                                                     pci::command_no_intx);
    return Box<Transport>(make<PciTransport>(std::move(function), std::move(parts)));
}

} // namespace virtio
