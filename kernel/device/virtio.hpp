// Virtio devices (virtio 1.2) independent of how they are attached: features, queues, interrupts.
#pragma once

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/device/dma_memory.hpp"
#include "kernel/device/registers.hpp"
#include "libs/base/box.hpp"
#include "libs/virtqueue/split_queue.hpp"

namespace virtio {

using device::Registers;

// Feature bits that are not of one device type (6).
inline constexpr u64 feature_version_1 = u64{1} << 32;

class Transport;

/// A queue with its memory and its doorbell. Not locked.
class Queue {
public:
    Queue(Transport& transport, u16 index, device::DmaMemory memory, u16 size);

    SplitQueue& ring() { return ring_; }

    u16 index() const { return index_; }

    /// Tells the device of what was added, unless it does not want to know.
    void notify();

private:
    Transport& transport_;
    u16 index_;
    device::DmaMemory memory_;
    SplitQueue ring_;
};

/// One device. The order of use is that of 3.1.1: negotiate(), queues, connect(), start().
/// Destroying it resets the device, so it must go before the memory of its queues.
class Transport {
public:
    using Handler = void (*)(void* context);

    virtual ~Transport() = default;

    virtual u32 device_id() const = 0;
    /// What to call it in the log: "virtio-mmio at 0xfeb00e00", "virtio-pci 00:02.0".
    virtual std::string_view name() const = 0;

    /// Resets the device and agrees on features: those of `wanted` that it has, and VERSION_1.
    /// ENODEV when it has not that, or refuses.
    Result<void> negotiate(u64 wanted);

    bool has_feature(u64 bit) const { return (features_ & bit) != 0; }

    /// ENOENT when the device has no such queue. Makes it with at most `most` descriptors.
    Result<Box<Queue>> make_queue(u16 index, u16 most);

    /// `handler` runs at each interrupt of the device, with interrupts off.
    virtual Result<void> connect(Handler handler, void* context) = 0;

    /// `handler` runs once if a bug has stopped that of connect(): no interrupt comes any more.
    /// Before connect().
    void when_stopped(Handler handler, void* context) {
        stopped_ = handler;
        stopped_context_ = context;
    }

    /// The device may work from now on (DRIVER_OK).
    void start();

    virtual void notify(u16 queue) = 0;
    /// The device's own configuration; may be read from anywhere.
    virtual Registers& configuration() = 0;

protected:
    virtual u64 device_features() = 0;
    virtual void set_driver_features(u64 features) = 0;
    virtual u8 status() = 0;
    virtual void set_status(u8 status) = 0;
    /// 0 when there is no such queue.
    virtual u16 queue_limit(u16 index) = 0;
    virtual void enable_queue(u16 index, SplitQueue const& ring) = 0;
    /// For destructors of transports.
    void reset() noexcept;

    /// For interrupt handlers of transports, whose context is their Transport.
    static void interrupts_stopped(Transport& transport) {
        if (transport.stopped_ != nullptr)
            transport.stopped_(transport.stopped_context_);
    }

private:
    u64 features_ = 0;
    Handler stopped_ = nullptr;
    void* stopped_context_ = nullptr;
};

/// A device in memory (4.2). Nothing when no device is there.
Result<Box<Transport>> open_mmio(PhysAddr start, arch::IsaRoute interrupt);

} // namespace virtio
