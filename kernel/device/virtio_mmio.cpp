// Virtio over memory-mapped registers (virtio 1.2, 4.2), the modern layout.
#include "kernel/device/interrupts.hpp"
#include "kernel/device/virtio.hpp"
#include "libs/base/format.hpp"

namespace virtio {
namespace {

// 4.2.2: register offsets.
constexpr usize magic = 0x000;
constexpr usize version = 0x004;
constexpr usize device_id_register = 0x008;
constexpr usize device_features_register = 0x010;
constexpr usize device_features_select = 0x014;
constexpr usize driver_features_register = 0x020;
constexpr usize driver_features_select = 0x024;
constexpr usize queue_select = 0x030;
constexpr usize queue_size_max = 0x034;
constexpr usize queue_size = 0x038;
constexpr usize queue_ready = 0x044;
constexpr usize queue_notify = 0x050;
constexpr usize interrupt_status = 0x060;
constexpr usize interrupt_acknowledge = 0x064;
constexpr usize status_register = 0x070;
constexpr usize queue_descriptors = 0x080;
constexpr usize queue_available = 0x090;
constexpr usize queue_used = 0x0a0;
constexpr usize configuration_start = 0x100;
constexpr usize registers_size = 0x200;

constexpr u32 magic_value = 0x7472'6976; // "virt"
constexpr u32 modern_version = 2;

/// The device-specific registers behind the common ones.
class Tail final : public Registers {
public:
    explicit Tail(Registers& whole) : whole_(whole) {}

    u32 read(usize offset, u8 width) const override {
        return whole_.read(configuration_start + offset, width);
    }

    void write(usize offset, u8 width, u32 value) override {
        whole_.write(configuration_start + offset, width, value);
    }

private:
    Registers& whole_;
};

class MmioTransport final : public Transport {
public:
    MmioTransport(Box<Registers> registers, PhysAddr start, arch::IsaRoute route)
        : registers_(std::move(registers)),
          tail_(*registers_),
          route_(route),
          name_(format("virtio-mmio at {}", start)) {}

    ~MmioTransport() override { reset(); }

    u32 device_id() const override { return registers_->read32(device_id_register); }

    std::string_view name() const override { return name_; }

    Result<void> connect(Handler handler, void* context) override {
        handler_ = handler;
        context_ = context;
        return interrupt_.connect(route_.irq, route_.trigger, route_.polarity);
    }

    void notify(u16 queue) override { registers_->write32(queue_notify, queue); }

    Registers& configuration() override { return tail_; }

protected:
    u64 device_features() override {
        registers_->write32(device_features_select, 0);
        u64 const low = registers_->read32(device_features_register);
        registers_->write32(device_features_select, 1);
        return low | u64{registers_->read32(device_features_register)} << 32;
    }

    void set_driver_features(u64 features) override {
        registers_->write32(driver_features_select, 0);
        registers_->write32(driver_features_register, static_cast<u32>(features));
        registers_->write32(driver_features_select, 1);
        registers_->write32(driver_features_register, static_cast<u32>(features >> 32));
    }

    u8 status() override { return static_cast<u8>(registers_->read32(status_register)); }

    void set_status(u8 status) override { registers_->write32(status_register, status); }

    u16 queue_limit(u16 index) override {
        registers_->write32(queue_select, index);
        return static_cast<u16>(registers_->read32(queue_size_max));
    }

    void enable_queue(u16 index, SplitQueue const& ring) override {
        registers_->write32(queue_select, index);
        registers_->write32(queue_size, ring.size());
        registers_->write64(queue_descriptors, ring.descriptors().value());
        registers_->write64(queue_available, ring.available().value());
        registers_->write64(queue_used, ring.used().value());
        registers_->write32(queue_ready, 1);
    }

private:
    static bool interrupted(void* self) {
        auto& transport = *static_cast<MmioTransport*>(self);
        u32 const reasons = transport.registers_->read32(interrupt_status);
        if (reasons == 0)
            return false;
        transport.registers_->write32(interrupt_acknowledge, reasons);
        transport.handler_(transport.context_);
        return true;
    }

    static void stopped(void* self) { interrupts_stopped(*static_cast<MmioTransport*>(self)); }

    Box<Registers> registers_;
    Tail tail_;
    arch::IsaRoute route_;
    String name_;
    Handler handler_ = nullptr;
    void* context_ = nullptr;
    device::InterruptHandler interrupt_{"virtio-mmio", interrupted, this, stopped};
};

} // namespace

Result<Box<Transport>> open_mmio(PhysAddr start, arch::IsaRoute interrupt) {
    auto registers = TRY(device::map_registers(start, registers_size));
    if (registers->read32(magic) != magic_value)
        return fail(Errno::enodev);
    if (registers->read32(device_id_register) == 0)
        return fail(Errno::enoent); // an empty slot
    if (registers->read32(version) != modern_version)
        return fail(Errno::enotsup);
    return Box<Transport>(make<MmioTransport>(std::move(registers), start, interrupt));
}

} // namespace virtio
