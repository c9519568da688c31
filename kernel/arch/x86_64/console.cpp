// Serial ports (16550 UARTs), polled: for the log and for the log as JSON; and the debug console
// for the runner.
#include "kernel/arch/api/console.hpp"

#include "kernel/arch/x86_64/port.hpp"
#include "kernel/arch/x86_64/start.hpp"

namespace arch {
namespace {

constexpr u16 first_port = 0x3f8;
/// COM4's place: firmware talks to the first two ports.
constexpr u16 log_port = 0x2e8;
constexpr u16 debug_console = 0xe9;

constexpr u8 transmitter_empty = 0x20;
constexpr std::size_t fifo_size = 16;

constinit bool serial_present = false;
constinit bool debug_console_present = false;

/// Sets a port up; false when it is not there.
bool start_port(u16 port) {
    out8(port + 1, 0x00); // no interrupts
    out8(port + 3, 0x80); // divisor latch on
    out8(port + 0, 0x01); // 115200 baud
    out8(port + 1, 0x00);
    out8(port + 3, 0x03); // 8 bits, no parity, one stop bit
    out8(port + 2, 0x07); // FIFOs on and cleared
    out8(port + 4, 0x0b); // DTR, RTS, OUT2
    return in8(port + 5) != 0xff;
}

void write_byte(char character) {
    // Bounded, so that a stuck device cannot stop a report.
    for (u32 tries = 0; tries < 1'000'000; ++tries)
        if ((in8(first_port + 5) & transmitter_empty) != 0)
            break;
    out8(first_port, static_cast<u8>(character));
}

} // namespace

void start_console() {
    serial_present = start_port(first_port);
    debug_console_present = in8(debug_console) == 0xe9; // QEMU's reads back its own number
}

void early_write(std::string_view text) {
    if (!serial_present)
        return;
    for (char const character : text) {
        if (character == '\n')
            write_byte('\r');
        write_byte(character);
    }
}

bool open_log_port() {
    return start_port(log_port);
}

std::size_t log_port_write(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size() && (in8(log_port + 5) & transmitter_empty) != 0)
        for (std::size_t i = 0; i < fifo_size && done < bytes.size(); ++i)
            out8(log_port, static_cast<u8>(bytes[done++]));
    return done;
}

void log_port_notify(bool wanted) {
    out8(log_port + 1, wanted ? 2 : 0);
}

bool log_port_interrupted() {
    constexpr u8 reason_none = 1;
    bool interrupted = false;
    // Reading a reason acknowledges it; the next edge comes only when none is left.
    for (u32 i = 0; i < 16 && (in8(log_port + 2) & reason_none) == 0; ++i)
        interrupted = true;
    return interrupted;
}

void report_write(std::string_view line) {
    if (!debug_console_present)
        return;
    for (char const character : line)
        out8(debug_console, static_cast<u8>(character));
}

} // namespace arch
