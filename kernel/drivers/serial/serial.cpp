// Drives a 16550 by interrupts (data sheet: PC16550D).
#include "kernel/drivers/serial/serial.hpp"

#include "kernel/arch/api/devices.hpp"
#include "kernel/device/interrupts.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/terminal/terminal.hpp"

#include <algorithm>

namespace serial {
namespace {

constexpr u16 base = 0x3f8; // the first port of a PC, and its interrupt
constexpr u32 isa_irq = 4;
constexpr u32 tty_major = 4; // as on Linux
constexpr u32 first_minor = 64;

// Registers, as offsets from the base.
constexpr u16 data = 0;
constexpr u16 interrupt_enable = 1;
constexpr u16 fifo_control = 2;     // when written
constexpr u16 interrupt_reason = 2; // when read
constexpr u16 line_control = 3;
constexpr u16 modem_control = 4;
constexpr u16 line_status = 5;
constexpr u16 scratch = 7;

constexpr u8 enable_receive = 1;
constexpr u8 enable_transmit = 2;
constexpr u8 fifo_on_and_cleared = 0x07;
constexpr u8 eight_bits = 3;
constexpr u8 ready_and_interrupts = 0x0b; // DTR, RTS, and OUT2, which lets interrupts through
constexpr u8 status_data_ready = 1;
constexpr u8 status_transmit_empty = 0x20;
constexpr u8 reason_none = 1;
constexpr usize fifo_size = 16;
constexpr int most_reasons = 256;

u8 read(u16 offset) {
    return arch::read_port(base + offset);
}

void write(u16 offset, u8 value) {
    arch::write_port(base + offset, value);
}

template <usize capacity>
class Ring {
public:
    bool put(std::byte byte) {
        if (count_ == capacity)
            return false;
        bytes_[(first_ + count_++) % capacity] = byte;
        return true;
    }

    std::byte take() {
        std::byte const byte = bytes_[first_];
        first_ = (first_ + 1) % capacity;
        --count_;
        return byte;
    }

    usize count() const { return count_; }

    usize room() const { return capacity - count_; }

private:
    std::byte bytes_[capacity];
    usize first_ = 0;
    usize count_ = 0;
};

class Serial final : public device::Device, public terminal::Output {
public:
    static Result<Box<device::Device>> start() {
        // A port that is not there reads as ones.
        serial::write(scratch, 0x5a);
        if (read(scratch) != 0x5a)
            return fail(Errno::enodev);
        auto serial = make<Serial>();
        TRY(serial->begin());
        return Box<device::Device>(std::move(serial));
    }

    usize write(ConstBytes bytes) override {
        auto const state = state_.lock();
        usize written = 0;
        while (written < bytes.size() && state->output.put(bytes[written]))
            ++written;
        pump(*state);
        return written;
    }

    usize room() override { return state_.lock()->output.room(); }

    usize unsent() override { return state_.lock()->output.count(); }

    void input_wanted() override { work_.schedule(); }

private:
    struct State {
        Ring<4096> input;
        Ring<4096> output;
        bool transmit_enabled = false;
    };

    Result<void> begin() {
        terminal_ =
            make_ref<terminal::Terminal>(vfs::DeviceNumber{tty_major, first_minor}, "ttyS0", *this);
        serial::write(interrupt_enable, 0);
        serial::write(line_control, eight_bits);
        serial::write(fifo_control, fifo_on_and_cleared);
        serial::write(modem_control, ready_and_interrupts);
        auto const route = arch::isa_interrupt(isa_irq);
        TRY(interrupt_.connect(route.irq, route.trigger, route.polarity));
        TRY(terminal::register_terminal(terminal_));
        serial::write(interrupt_enable, enable_receive);
        return {};
    }

    /// Fills the transmitter as far as it takes bytes now; its interrupt asks for the rest.
    void pump(State& state) {
        while (state.output.count() != 0 && (read(line_status) & status_transmit_empty) != 0)
            for (usize i = 0; i < fifo_size && state.output.count() != 0; ++i)
                serial::write(data, static_cast<u8>(state.output.take()));
        bool const wanted = state.output.count() != 0;
        if (wanted != state.transmit_enabled) {
            state.transmit_enabled = wanted;
            serial::write(interrupt_enable, enable_receive | (wanted ? enable_transmit : u8{0}));
        }
    }

    static bool interrupted(void* self) {
        auto& serial = *static_cast<Serial*>(self);
        bool claimed = false;
        bool input = false;
        bool room = false;
        // Until no reason is left: the next edge comes only after the line was low.
        for (int i = 0; i < most_reasons && (read(interrupt_reason) & reason_none) == 0; ++i) {
            claimed = true;
            auto const state = serial.state_.lock();
            while ((read(line_status) & status_data_ready) != 0) {
                (void)state->input.put(std::byte{read(data)}); // an overrun loses it, as always
                input = true;
            }
            usize const before = state->output.count();
            serial.pump(*state);
            room = room || state->output.count() < before;
        }
        if (input)
            serial.work_.schedule();
        if (room)
            serial.terminal_->writable();
        return claimed;
    }

    /// No interrupt comes any more: who waits for input or room must not wait on.
    static void stopped(void* self) {
        auto& serial = *static_cast<Serial*>(self);
        serial.stopped_.store(true);
        serial.work_.schedule();
    }

    static void work(void* self) {
        auto& serial = *static_cast<Serial*>(self);
        serial.give_input();
        if (serial.stopped_.load())
            serial.terminal_->hang_up();
    }

    /// Bytes that the line discipline does not accept stay here until input_wanted().
    void give_input() {
        for (;;) {
            if (kept_ == 0) {
                auto const state = state_.lock();
                while (kept_ < sizeof chunk_ && state->input.count() != 0)
                    chunk_[kept_++] = state->input.take();
            }
            if (kept_ == 0)
                return;
            usize const accepted = terminal_->receive(ConstBytes(chunk_).first(kept_));
            std::copy(chunk_ + accepted, chunk_ + kept_, chunk_);
            kept_ -= accepted;
            if (kept_ != 0)
                return;
        }
    }

    ksync::IrqLocked<State, ksync::Rank::device> state_;
    std::byte chunk_[256]; ///< the worker's
    usize kept_ = 0;
    Atomic<bool> stopped_{false};
    Ref<terminal::Terminal> terminal_;
    task::DeferredWork work_{work, this};
    device::InterruptHandler interrupt_{"ttyS0", interrupted, this, stopped};
};

} // namespace

constinit device::PlatformDriver const driver{.name = "16550 serial port", .start = Serial::start};

} // namespace serial
