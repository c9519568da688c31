// A console device for tests that behaves like QEMU's: it describes three ports, takes output and
// gives input.
#pragma once

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/device/virtio.hpp"
#include "kernel/drivers/virtio_console/protocol.hpp"
#include "libs/virtqueue/fake_device.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace virtio_console {

inline Bytes physical(u64 at, usize size) {
    return {pointer_to<std::byte>(arch::direct_map(PhysAddr(at))), size};
}

/// Port 0 is a console, 1 a stream, 4 the kernel's own.
class Host final : public virtio::Transport {
public:
    u32 device_id() const override { return virtio_id; }

    std::string_view name() const override { return "test device"; }

    Result<void> connect(Handler handler, void* context) override {
        handler_ = handler;
        context_ = context;
        return {};
    }

    virtio::Registers& configuration() override { return registers_; }

    /// What a port's program side sent; output is taken only while `taking`.
    std::string sent(u32 port) {
        std::scoped_lock const hold(lock_);
        return text_[port];
    }

    void set_taking(bool taking) {
        std::scoped_lock const hold(lock_);
        taking_ = taking;
        for (u32 port : {0u, 1u})
            take_output(port);
    }

    void give(u32 port, std::string_view text) {
        std::scoped_lock const hold(lock_);
        auto const request = queues_.at(receive_queue(port)).next();
        ASSERT_TRUE(request) << "the driver offers no buffer";
        copy_bytes(physical(request->segments[0].address, request->segments[0].length),
                   bytes_of(text));
        queues_.at(receive_queue(port)).complete(request->head, static_cast<u32>(text.size()));
        pending_ = true;
    }

    void tell(ControlMessage message, std::string_view rest = {}) {
        std::scoped_lock const hold(lock_);
        auto const request = queues_.at(control_receive_queue).next();
        ASSERT_TRUE(request) << "the driver offers no control buffer";
        auto const into = physical(request->segments[0].address, request->segments[0].length);
        copy_bytes(into, object_bytes(message));
        copy_bytes(into.subspan(sizeof message), bytes_of(rest));
        queues_.at(control_receive_queue)
            .complete(request->head, static_cast<u32>(sizeof message + rest.size()));
        pending_ = true;
    }

    /// As the machine would: between two instructions of the driver.
    void interrupt_if_pending() {
        if (handler_ == nullptr || holding || !pending_.exchange(false))
            return;
        arch::InterruptsOff const off;
        handler_(context_);
    }

    /// As if a bug had stopped the driver's interrupt handler.
    void stop_interrupts() {
        holding = true;
        arch::InterruptsOff const off;
        interrupts_stopped(*this);
    }

    std::atomic<bool> holding = false; ///< interrupts come later
    std::atomic<int> notifications_until_bug = -1;

    bool open(u32 port) {
        std::scoped_lock const hold(lock_);
        return open_.contains(port);
    }

protected:
    u64 device_features() override { return virtio::feature_version_1 | feature_multiport; }

    void set_driver_features(u64) override {}

    u8 status() override { return status_; }

    void set_status(u8 status) override { status_ = status; }

    u16 queue_limit(u16) override { return 64; }

    void enable_queue(u16 index, virtio::SplitQueue const& ring) override {
        auto const layout = virtio::SplitQueue::layout(ring.size());
        queues_.emplace(
            index,
            virtio::FakeDevice(physical(ring.descriptors().value(), layout.total), ring.size()));
    }

    void notify(u16 queue) override {
        if (notifications_until_bug >= 0 && notifications_until_bug-- == 0)
            panic("a bug on the way to the device");
        std::scoped_lock const hold(lock_);
        if (queue == control_transmit_queue)
            answer();
        for (u32 const port : {0u, 1u})
            if (queue == transmit_queue(port))
                take_output(port);
    }

private:
    class Configuration final : public virtio::Registers {
    public:
        u32 read(usize offset, u8) const override {
            return offset == configuration_most_ports ? 5 : 0;
        }

        void write(usize, u8, u32) override {}
    };

    void take_output(u32 port) {
        if (!taking_)
            return;
        auto& queue = queues_.at(transmit_queue(port));
        while (auto const request = queue.next()) {
            for (auto const& segment : request->segments)
                text_[port] += text_of(physical(segment.address, segment.length));
            queue.complete(request->head, 0);
            pending_ = true;
        }
    }

    void answer() {
        auto& queue = queues_.at(control_transmit_queue);
        while (auto const request = queue.next()) {
            ControlMessage message;
            copy_bytes(writable_object_bytes(message),
                       physical(request->segments[0].address, sizeof message));
            queue.complete(request->head, 0);
            if (message.event == device_ready)
                for (u32 const port : {0u, 1u, 4u})
                    tell({port, port_add, 1});
            if (message.event == port_ready)
                describe(message.port);
            if (message.event == port_open && message.value != 0)
                open_.insert(message.port);
            if (message.event == port_open && message.value == 0)
                open_.erase(message.port);
        }
    }

    void describe(u32 port) {
        if (port == 0)
            tell({port, console_port, 1});
        if (port == 1)
            tell({port, port_name, 1}, "linnet.stdin");
        if (port == 4)
            tell({port, port_name, 1}, "linnet.control");
        tell({port, port_open, 1});
    }

    Configuration registers_;
    std::map<u16, virtio::FakeDevice> queues_;
    std::map<u32, std::string> text_;
    std::set<u32> open_;
    Handler handler_ = nullptr;
    void* context_ = nullptr;
    u8 status_ = 0;
    bool taking_ = true;
    std::atomic<bool> pending_ = false;
    std::recursive_mutex lock_;
};

} // namespace virtio_console
