// Opening, reading and writing a port. Reading gives 0 while the host's end is closed; writing
// waits until it is open. Both fail with EIO when the device has no interrupts any more.
#include "kernel/drivers/virtio_console/port_file.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/drivers/virtio_console/console.hpp"
#include "kernel/vfs/devices.hpp"
#include "libs/base/format.hpp"

#include <algorithm>

namespace virtio_console {
using vfs::operator|;

namespace {

constexpr u32 major = 249;
constexpr u32 most_devices = 4;
constexpr u32 ports_per_device = Console::most_ports;
constexpr Nanoseconds longest_drain = Nanoseconds::seconds(5);

constinit Atomic<Port*> ports[most_devices * ports_per_device];

class PortFile final : public vfs::File {
public:
    PortFile(vfs::Place place, vfs::OpenFlags flags, Port& port)
        : File(std::move(place), flags), port_(port) {}

    ~PortFile() override {
        drain();
        port_.console().send(port_.id(), port_open, 0);
        port_.discard();
        port_.open.store(false);
    }

    bool is_stream() const override { return true; }

    Result<void> flush() override {
        drain();
        return {};
    }

    vfs::PollEvents poll(vfs::PollWaiter* waiter) override {
        if (waiter != nullptr) {
            waiter->watch(port_.readable);
            waiter->watch(port_.writable);
        }
        vfs::PollEvents events;
        if (port_.has_input() || !port_.host_connected())
            events |= vfs::Poll::in | vfs::Poll::read_normal;
        if (can_write())
            events |= vfs::Poll::out;
        if (!port_.host_connected())
            events |= vfs::Poll::hang_up;
        if (port_.stopped())
            events |= vfs::Poll::error;
        return events;
    }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        for (;;) {
            {
                auto const reading = reading_.lock();
                ConstBytes const bytes = port_.front();
                if (!bytes.empty()) {
                    usize const count = TRY(into.write(bytes));
                    port_.consume(count);
                    return count;
                }
            }
            if (port_.stopped())
                return fail(Errno::eio);
            if (!port_.host_connected())
                return usize{0};
            if (nonblocking())
                return fail(Errno::eagain);
            TRY(port_.readable.wait(
                [this] { return port_.has_input() || !port_.host_connected(); }));
        }
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        usize written = 0;
        while (from.left() != 0) {
            auto const ready = wait_for_room(written != 0);
            if (!ready && written != 0)
                break;
            TRY(ready);
            Port::Output buffer(port_);
            if (!buffer)
                continue; // somebody else was faster
            auto const copied = from.read(buffer.bytes());
            if (!copied && written == 0)
                return std::unexpected<Error>(copied.error());
            if (!copied || *copied == 0)
                break;
            buffer.submit(*copied);
            written += *copied;
        }
        return Written{written, 0};
    }

private:
    bool can_write() const { return port_.host_connected() && port_.free_buffers() != 0; }

    /// `started`: part of the data went out already, so a closed end ends the write.
    Result<void> wait_for_room(bool started) {
        for (;;) {
            if (port_.stopped())
                return fail(Errno::eio);
            if (can_write())
                return {};
            if (nonblocking() || (started && !port_.host_connected()))
                return fail(Errno::eagain);
            TRY(port_.writable.wait([&] {
                return can_write() || port_.stopped() || (started && !port_.host_connected());
            }));
        }
    }

    /// Until the host has what was written, or a bounded time: whoever closes may be about to end
    /// the machine.
    void drain() {
        if (port_.unsent() != 0)
            (void)port_.writable.wait(
                [this] { return port_.unsent() == 0 || !port_.host_connected(); },
                ksync::Wait::killable, arch::now() + longest_drain);
    }

    struct Reading {};

    Port& port_;
    ksync::SleepLocked<Reading, ksync::Rank::pipe> reading_;
};

Result<Ref<vfs::File>> open_port(vfs::DeviceNumber number, vfs::Place const& place,
                                 vfs::OpenFlags flags) {
    Port* const port = number.minor < std::size(ports) ? ports[number.minor].load() : nullptr;
    if (port == nullptr || port->is_console.load())
        return fail(Errno::enxio);
    if (port->is_kernels.load() || port->open.exchange(true))
        return fail(Errno::ebusy);
    Ref<vfs::File> file = make_ref<PortFile>(place, flags, *port);
    port->console().send(port->id(), port_open, 1);
    return file;
}

} // namespace

Result<void> register_port(Port& port, u32 device) {
    u32 const minor = device * ports_per_device + port.id();
    if (minor >= std::size(ports))
        return fail(Errno::enospc);
    ports[minor].store(&port);
    return vfs::register_character_device(major, minor, format("vport{}p{}", device, port.id()),
                                          open_port);
}

} // namespace virtio_console
