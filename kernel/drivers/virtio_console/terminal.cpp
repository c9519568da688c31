// Moves bytes between a port and a terminal.
#include "kernel/drivers/virtio_console/terminal.hpp"

#include "kernel/drivers/virtio_console/console.hpp"
#include "libs/base/format.hpp"

namespace virtio_console {
namespace {

constexpr u32 hvc_major = 229; // as on Linux

} // namespace

Result<void> PortTerminal::start(u32 index) {
    String const name = format("hvc{}", index);
    terminal_ = make_ref<terminal::Terminal>(vfs::DeviceNumber{hvc_major, index}, name, *this);
    TRY(terminal::register_terminal(terminal_));
    port_.on_writable_context = this;
    port_.on_writable = writable;
    return {};
}

void PortTerminal::input_came() {
    for (auto bytes = port_.front(); !bytes.empty(); bytes = port_.front()) {
        usize const accepted = terminal_->receive(bytes);
        if (accepted != 0)
            port_.consume(accepted);
        if (accepted != bytes.size())
            return; // input_wanted() comes when there is room again
    }
}

void PortTerminal::set_window_size(u16 rows, u16 columns) {
    terminal_->set_window_size(uapi::WindowSize{.rows = rows, .columns = columns});
}

usize PortTerminal::write(ConstBytes bytes) {
    usize written = 0;
    while (!bytes.empty()) {
        Port::Output buffer(port_);
        if (!buffer)
            break;
        usize const count = copy_bytes(buffer.bytes(), bytes);
        buffer.submit(count);
        bytes = bytes.subspan(count);
        written += count;
    }
    return written;
}

usize PortTerminal::room() {
    return port_.free_buffers() * Port::buffer_size;
}

usize PortTerminal::unsent() {
    return port_.unsent();
}

void PortTerminal::input_wanted() {
    if (port_.has_input())
        port_.console().look_at_input();
}

void PortTerminal::writable(void* self) {
    static_cast<PortTerminal*>(self)->terminal_->writable();
}

} // namespace virtio_console
