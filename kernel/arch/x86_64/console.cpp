// The first serial port (16550 UART at 0x3f8), polled, and the debug console for the runner.
#include "kernel/arch/api/console.hpp"

#include "kernel/arch/x86_64/port.hpp"
#include "kernel/arch/x86_64/start.hpp"

namespace arch {
namespace {

constexpr u16 serial = 0x3f8;
constexpr u16 debug_console = 0xe9;

constinit bool serial_present = false;
constinit bool debug_console_present = false;

void write_byte(char character) {
    constexpr u8 transmitter_empty = 0x20;
    // Bounded, so that a stuck device cannot stop a report.
    for (u32 tries = 0; tries < 1'000'000; ++tries)
        if ((in8(serial + 5) & transmitter_empty) != 0)
            break;
    out8(serial, static_cast<u8>(character));
}

} // namespace

void start_console() {
    out8(serial + 1, 0x00); // no interrupts
    out8(serial + 3, 0x80); // divisor latch on
    out8(serial + 0, 0x01); // 115200 baud
    out8(serial + 1, 0x00);
    out8(serial + 3, 0x03); // 8 bits, no parity, one stop bit
    out8(serial + 2, 0x07); // FIFOs on and cleared
    out8(serial + 4, 0x0b); // DTR, RTS, OUT2
    serial_present = in8(serial + 5) != 0xff;
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

void report_write(std::string_view line) {
    if (!debug_console_present)
        return;
    for (char const character : line)
        out8(debug_console, static_cast<u8>(character));
}

} // namespace arch
