// Starts the console device and serves its interrupts.
#include "kernel/drivers/virtio_console/console.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/drivers/virtio_console/driver.hpp"
#include "kernel/drivers/virtio_console/port_file.hpp"
#include "kernel/log/log.hpp"

#include <algorithm>
#include <bit>

namespace virtio_console {
namespace {

constexpr u16 port_queue_size = 16;
/// Programs start after this; a device without ports would make them wait for nothing.
constexpr Nanoseconds longest_description = Nanoseconds::milliseconds(200);

constinit Atomic<u32> devices{0};

} // namespace

constinit device::VirtioDriver const driver{
    .name = "virtio-console", .id = virtio_id, .start = Console::start};

Console::Console(Box<virtio::Transport> transport)
    : index_(devices.fetch_add(1)), transport_(std::move(transport)) {}

Result<Box<device::Device>> Console::start(Box<virtio::Transport> transport) {
    auto console = make<Console>(std::move(transport));
    TRY(console->begin());
    return Box<device::Device>(std::move(console));
}

Result<void> Console::begin() {
    TRY(transport_->negotiate(feature_size | feature_multiport));
    multiport_ = transport_->has_feature(feature_multiport);
    port_count_ = 1;
    if (multiport_)
        port_count_ =
            std::min(transport_->configuration().read32(configuration_most_ports), most_ports);

    // 5.3.5: all queues exist before the device may work.
    for (u32 id = 0; id < port_count_; ++id) {
        unused_queues_[2 * id] = TRY(transport_->make_queue(receive_queue(id), port_queue_size));
        unused_queues_[2 * id + 1] =
            TRY(transport_->make_queue(transmit_queue(id), port_queue_size));
    }
    if (multiport_) {
        auto receiving = TRY(transport_->make_queue(control_receive_queue, messages));
        auto transmitting = TRY(transport_->make_queue(control_transmit_queue, messages));
        auto input = TRY(device::DmaMemory::allocate(messages * message_size));
        auto output = TRY(device::DmaMemory::allocate(messages * sizeof(ControlMessage)));
        auto const control = control_.lock();
        control->receiving = std::move(receiving);
        control->transmitting = std::move(transmitting);
        control->input = std::move(input);
        control->output = std::move(output);
    }
    transport_->when_stopped(stopped, this);
    TRY(transport_->connect(interrupted, this));
    transport_->start();
    if (!multiport_)
        return begin_single_port();

    {
        auto const control = control_.lock();
        control->transmitting->ring().allow_interrupts(false);
        for (u16 slot = 0; slot < control->receiving->ring().size(); ++slot)
            offer_message_buffer(*control, slot);
        control->receiving->notify();
    }
    send(0, device_ready, 1);
    wait_until_described();
    return {};
}

Result<void> Console::begin_single_port() {
    add_port(0);
    Port* const port = ports_[0].load();
    if (port == nullptr)
        return fail(Errno::enomem);
    port->set_host_connected(true);
    make_terminal(*port);
    return {};
}

/// So that the first program finds its ports: waits until each port that was announced has also
/// been described.
void Console::wait_until_described() {
    auto const waited =
        described_.wait([this] { return added_.load() != 0 && undescribed_.load() == 0; },
                        ksync::Wait::uninterruptible, arch::now() + longest_description);
    if (!waited)
        klog::warn("{}: the device has not described its ports", transport_->name());
}

void Console::send(u32 port, Event event, u16 value) {
    if (!multiport_)
        return;
    auto const control = control_.lock();
    while (auto const done = control->transmitting->ring().take())
        control->free |= 1u << done->token;
    if (control->free == 0 || control->transmitting->ring().broken()) {
        klog::error("{}: the device takes no control messages", transport_->name());
        return;
    }
    auto const slot = static_cast<u16>(std::countr_zero(control->free));
    ControlMessage const message{port, event, value};
    usize const place = slot * sizeof message;
    copy_bytes(control->output.bytes().subspan(place), object_bytes(message));
    virtio::Buffer const buffers[] = {{control->output.address() + place, sizeof message}};
    if (!control->transmitting->ring().add(buffers, {}, slot))
        return;
    control->free &= ~(1u << slot);
    control->transmitting->notify();
}

void Console::interrupted(void* self) {
    auto& console = *static_cast<Console*>(self);
    bool worker_needed = false;
    for (u32 id = 0; id < console.port_count_; ++id) {
        Port* const port = console.ports_[id].load();
        if (port != nullptr && port->interrupted())
            worker_needed = worker_needed || port->is_console.load() || port->is_kernels.load();
    }
    if (console.multiport_)
        worker_needed =
            worker_needed || console.control_.lock()->receiving->ring().has_completions();
    if (worker_needed)
        console.work_.schedule();
}

/// Where interrupted() would run. Terminals are hung up by the worker, since that may sleep.
void Console::stopped(void* self) {
    auto& console = *static_cast<Console*>(self);
    console.stopped_.store(true);
    for (auto const& port : console.ports_)
        if (port.load() != nullptr)
            port.load()->stop();
    console.work_.schedule();
}

void Console::work(void* self) {
    auto& console = *static_cast<Console*>(self);
    Message message;
    while (console.multiport_ && console.take_message(message))
        console.handle(message);
    for (u32 id = 0; id < console.port_count_; ++id) {
        Port* const port = console.ports_[id].load();
        if (port == nullptr || !port->has_input())
            continue;
        if (console.terminals_[id])
            console.terminals_[id]->input_came();
        else if (port->is_kernels.load())
            console.read_kernel_port(*port);
    }
    console.described_.wake_all();
    if (console.stopped_.load())
        for (auto const& terminal : console.terminals_)
            if (terminal)
                terminal->hang_up();
}

} // namespace virtio_console
