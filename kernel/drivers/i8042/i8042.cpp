// Drives a PC's keyboard controller, the 8042 (IBM PC/AT Technical Reference, system board
// section).
#include "kernel/drivers/i8042/i8042.hpp"

#include "kernel/arch/api/devices.hpp"
#include "kernel/device/input.hpp"
#include "kernel/device/interrupts.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/locked.hpp"

namespace i8042 {
namespace {

constexpr u16 data_port = 0x60;
constexpr u16 status_port = 0x64; // when read
constexpr u16 command_port = 0x64;
constexpr u32 isa_irq = 1;

constexpr u8 status_output_full = 0x01; ///< a byte waits for us
constexpr u8 status_input_full = 0x02;  ///< the controller has not taken our last byte
constexpr u8 status_from_mouse = 0x20;

constexpr u8 read_configuration = 0x20;
constexpr u8 write_configuration = 0x60;
constexpr u8 disable_mouse = 0xa7;
constexpr u8 disable_keyboard = 0xad;
constexpr u8 enable_keyboard = 0xae;

constexpr u8 keyboard_interrupt = 0x01;
constexpr u8 mouse_interrupt = 0x02;
constexpr u8 keyboard_off = 0x10;
constexpr u8 mouse_off = 0x20;
constexpr u8 translate = 0x40; ///< to scan code set 1

constexpr u8 enable_scanning = 0xf4; // to the keyboard itself
constexpr u8 acknowledged = 0xfa;

constexpr int patience = 100'000; ///< reads of a port, some 100 ms on a PC
constexpr int most_bytes = 64;    ///< in one interrupt

u8 status() {
    return arch::read_port(status_port);
}

bool can_send() {
    for (int i = 0; i < patience; ++i)
        if ((status() & status_input_full) == 0)
            return true;
    return false;
}

bool send_command(u8 command) {
    if (!can_send())
        return false;
    arch::write_port(command_port, command);
    return true;
}

bool send_data(u8 value) {
    if (!can_send())
        return false;
    arch::write_port(data_port, value);
    return true;
}

std::optional<u8> receive() {
    for (int i = 0; i < patience; ++i)
        if ((status() & status_output_full) != 0)
            return arch::read_port(data_port);
    return std::nullopt;
}

void drop_old_bytes() {
    for (int i = 0; i < most_bytes && (status() & status_output_full) != 0; ++i)
        (void)arch::read_port(data_port);
}

class Keyboard final : public device::Device {
public:
    static Result<Box<device::Device>> start() {
        if (status() == 0xff) // no controller: nobody drives the bus
            return fail(Errno::enodev);
        auto keyboard = make<Keyboard>();
        TRY(keyboard->begin());
        return Box<device::Device>(std::move(keyboard));
    }

private:
    Result<void> begin() {
        if (!send_command(disable_keyboard) || !send_command(disable_mouse))
            return fail(Errno::enodev);
        drop_old_bytes();
        auto const before = send_command(read_configuration) ? receive() : std::nullopt;
        if (!before)
            return fail(Errno::enodev);
        constexpr u8 cleared = keyboard_interrupt | mouse_interrupt | keyboard_off;
        u8 const quiet = static_cast<u8>((*before & ~cleared) | mouse_off | translate);
        if (!configure(quiet) || !send_command(enable_keyboard) || !send_data(enable_scanning) ||
            receive() != acknowledged)
            return fail(Errno::eio);
        auto const route = arch::isa_interrupt(isa_irq);
        TRY(interrupt_.connect(route.irq, route.trigger, route.polarity));
        drop_old_bytes(); // an edge that nobody saw would keep the line high for ever
        if (!configure(quiet | keyboard_interrupt))
            return fail(Errno::eio);
        return {};
    }

    static bool configure(u8 value) {
        return send_command(write_configuration) && send_data(value);
    }

    static bool interrupted(void* self) {
        auto& keyboard = *static_cast<Keyboard*>(self);
        bool claimed = false;
        for (int i = 0; i < most_bytes; ++i) {
            u8 const now = status();
            if ((now & status_output_full) == 0)
                break;
            u8 const code = arch::read_port(data_port);
            claimed = true;
            if ((now & status_from_mouse) == 0)
                if (auto const press = keyboard.decoder_.lock()->take(code))
                    device::report_key(*press);
        }
        return claimed;
    }

    ksync::IrqLocked<keyboard::Decoder, ksync::Rank::device> decoder_;
    device::InterruptHandler interrupt_{"keyboard", interrupted, this};
};

} // namespace

constinit device::PlatformDriver const driver{.name = "8042 keyboard", .start = Keyboard::start};

} // namespace i8042
