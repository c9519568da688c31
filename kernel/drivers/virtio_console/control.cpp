// Control messages: ports come, get names, open and close; and the port that the kernel itself
// listens on.
#include "kernel/drivers/virtio_console/console.hpp"
#include "kernel/drivers/virtio_console/port_file.hpp"
#include "kernel/log/log.hpp"

#include <algorithm>

namespace virtio_console {
namespace {

/// Lines for the kernel: "winsize ROWS COLUMNS" sets the size of the console's window,
/// "signal NUMBER" goes to every process but the first.
constexpr std::string_view kernel_port_name = "linnet.control";
constexpr usize longest_line = 256;

constinit Atomic<u32> terminal_count{0};

} // namespace

void Console::offer_message_buffer(Control& control, u16 slot) {
    virtio::Buffer const buffers[] = {
        {control.input.address() + slot * message_size, message_size}};
    (void)control.receiving->ring().add({}, buffers, slot); // fails when the device broke it
}

bool Console::take_message(Message& message) {
    auto const control = control_.lock();
    auto const done = control->receiving->ring().take();
    if (!done)
        return false;
    ConstBytes const bytes =
        control->input.bytes().subspan(done->token * message_size, done->written);
    message.header = ControlMessage{~0u, 0xffff, 0};
    if (bytes.size() >= sizeof message.header) {
        copy_bytes(writable_object_bytes(message.header), bytes.first(sizeof message.header));
        message.rest_size = copy_bytes(message.rest, bytes.subspan(sizeof message.header));
    }
    offer_message_buffer(*control, static_cast<u16>(done->token));
    control->receiving->notify();
    return true;
}

void Console::handle(Message const& message) {
    u32 const id = message.header.port;
    if (id >= port_count_)
        return;
    if (message.header.event == port_add) {
        add_port(id);
        send(id, port_ready, ports_[id].load() != nullptr ? 1 : 0);
        return;
    }
    Port* const port = ports_[id].load();
    if (port == nullptr)
        return;
    if (!port->described) {
        port->described = true;
        undescribed_.fetch_sub(1);
    }
    ConstBytes const rest = ConstBytes(message.rest).first(message.rest_size);
    switch (message.header.event) {
    case console_port:
        if (message.header.value != 0)
            make_terminal(*port);
        break;
    case port_name:
        name_port(*port, text_of(rest));
        break;
    case port_open:
        port->set_host_connected(message.header.value != 0);
        break;
    case virtio_console::resize:
        if (rest.size() >= sizeof(ConsoleSize) && terminals_[id]) {
            ConsoleSize size;
            copy_bytes(writable_object_bytes(size), rest.first(sizeof size));
            terminals_[id]->set_window_size(size.rows, size.columns);
        }
        break;
    case port_remove:
        port->set_host_connected(false);
        break;
    default:
        break; // from a later specification
    }
}

void Console::add_port(u32 id) {
    if (ports_[id].load() != nullptr || !unused_queues_[2 * id])
        return;
    auto port = Port::create(*this, id, std::move(unused_queues_[2 * id]),
                             std::move(unused_queues_[2 * id + 1]));
    if (!port) {
        klog::error("{}: no memory for port {}", transport_->name(), id);
        return;
    }
    // Ports live as long as the machine: open files and terminals refer to them.
    Port* const raw = port->release();
    if (multiport_)
        undescribed_.fetch_add(1);
    added_.fetch_add(1);
    ports_[id].store(raw);
    if (multiport_ && !register_port(*raw, index_))
        klog::error("{}: port {} gets no node", transport_->name(), id);
}

void Console::make_terminal(Port& port) {
    if (terminals_[port.id()])
        return;
    port.is_console.store(true);
    auto terminal = make<PortTerminal>(port);
    u32 const index = terminal_count.fetch_add(1);
    if (auto const started = terminal->start(index); !started) {
        klog::error("{}: port {} gets no terminal", transport_->name(), port.id());
        return;
    }
    klog::info("{device}: port {port} is hvc{}", transport_->name(), port.id(), index);
    terminals_[port.id()] = std::move(terminal);
    port.open.store(true);
    send(port.id(), port_open, 1);
    if (rows_ != 0)
        terminals_[port.id()]->set_window_size(rows_, columns_);
}

void Console::name_port(Port& port, std::string_view name) {
    port.name = String(name.substr(0, name.find('\0')));
    if (port.name == kernel_port_name && !port.open.exchange(true)) {
        port.is_kernels.store(true);
        send(port.id(), port_open, 1);
    }
}

void Console::read_kernel_port(Port& port) {
    for (auto bytes = port.front(); !bytes.empty(); bytes = port.front()) {
        for (std::byte const byte : bytes) {
            char const character = static_cast<char>(byte);
            if (character == '\n') {
                obey(kernel_line_);
                kernel_line_.clear();
            } else if (kernel_line_.size() < longest_line) {
                kernel_line_.push_back(character);
            }
        }
        port.consume(bytes.size());
    }
}

void Console::obey(std::string_view line) {
    constexpr std::string_view size_command = "winsize ";
    constexpr std::string_view signal_command = "signal ";
    if (line.starts_with(size_command))
        obey_size(line.substr(size_command.size()));
    else if (line.starts_with(signal_command))
        obey_signal(line.substr(signal_command.size()));
    else
        klog::warn("{}: unknown command '{}'", kernel_port_name, line);
}

void Console::obey_signal(std::string_view line) {
    constexpr i64 last_signal = 64;
    auto const number = cmdline::parse_number(line);
    if (!number || *number < 1 || *number > last_signal) {
        klog::warn("{}: signal needs a signal's number", kernel_port_name);
        return;
    }
    if (auto* const jobs = terminal::job_control())
        jobs->signal_everybody(static_cast<terminal::Signal>(*number));
}

void Console::obey_size(std::string_view line) {
    auto const space = line.find(' ');
    auto const rows = cmdline::parse_number(line.substr(0, space));
    auto const columns = cmdline::parse_number(
        space == std::string_view::npos ? std::string_view() : line.substr(space + 1));
    if (!rows || !columns || *rows < 0 || *columns < 0 || *rows > 0xffff || *columns > 0xffff) {
        klog::warn("{}: winsize needs two numbers", kernel_port_name);
        return;
    }
    resize(static_cast<u16>(*rows), static_cast<u16>(*columns));
}

/// Applies to the first terminal; kept for one that comes later.
void Console::resize(u16 rows, u16 columns) {
    rows_ = rows;
    columns_ = columns;
    for (auto const& terminal : terminals_)
        if (terminal) {
            terminal->set_window_size(rows, columns);
            return;
        }
}

} // namespace virtio_console
