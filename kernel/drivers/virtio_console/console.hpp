// The virtio console device (virtio 1.2, 5.3): its ports, and the messages that describe them.
#pragma once

#include "kernel/device/device.hpp"
#include "kernel/drivers/virtio_console/port.hpp"
#include "kernel/drivers/virtio_console/protocol.hpp"
#include "kernel/drivers/virtio_console/terminal.hpp"
#include "kernel/task/scheduler.hpp"

namespace virtio_console {

class Console final : public device::Device {
public:
    static constexpr u32 most_ports = 32;

    static Result<Box<device::Device>> start(Box<virtio::Transport> transport);

    explicit Console(Box<virtio::Transport> transport);

    /// A control message to the device. From any context.
    void send(u32 port, Event event, u16 value);

    /// Runs the worker: a terminal has room for input again.
    void look_at_input() { work_.schedule(); }

private:
    static constexpr usize message_size = 128; ///< with what may follow the header
    static constexpr u16 messages = 32;

    struct Control {
        Box<virtio::Queue> receiving;
        Box<virtio::Queue> transmitting;
        device::DmaMemory input;
        device::DmaMemory output;
        u32 free = ~0u; ///< output slots, a bit each
    };

    struct Message {
        ControlMessage header;
        usize rest_size = 0;
        std::byte rest[message_size - sizeof(ControlMessage)];
    };

    Result<void> begin();
    Result<void> begin_single_port();
    void wait_until_described();

    static void interrupted(void* self);
    static void stopped(void* self);
    static void work(void* self);
    bool take_message(Message& message);
    static void offer_message_buffer(Control& control, u16 slot);
    void handle(Message const& message);
    void add_port(u32 id);
    void make_terminal(Port& port);
    void name_port(Port& port, std::string_view name);
    void read_kernel_port(Port& port);
    void obey(std::string_view line);
    void obey_size(std::string_view line);
    void obey_signal(std::string_view line);
    void resize(u16 rows, u16 columns);

    u32 index_;
    u32 port_count_ = 0;
    bool multiport_ = false;

    ksync::IrqLocked<Control, ksync::Rank::device> control_;
    Atomic<u32> undescribed_{0}; ///< ports of which no message but port_add came yet
    Atomic<u32> added_{0};
    Atomic<bool> stopped_{false}; ///< no interrupt comes any more
    ksync::WaitQueue described_;

    Box<virtio::Queue> unused_queues_[most_ports * 2]; ///< of ports not added yet
    Atomic<Port*> ports_[most_ports] = {};
    Box<PortTerminal> terminals_[most_ports];
    String kernel_line_;
    u16 rows_ = 0; ///< of the window, as the kernel's port said
    u16 columns_ = 0;
    task::DeferredWork work_{work, this};
    Box<virtio::Transport> transport_; ///< last: reset first, when the queues' memory still exists
};

} // namespace virtio_console
