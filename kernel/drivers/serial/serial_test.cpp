// Tests of the serial driver against a 16550 whose line and interrupts the test moves.
#include "kernel/drivers/serial/serial.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/task/test_machine.hpp"
#include "kernel/terminal/terminal.hpp"
#include "kernel/vfs/initialise.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <string>

namespace {

constexpr u16 base = 0x3f8;

/// A 16550 with FIFOs (PC16550D data sheet, section 8). Its interrupt line is edge-triggered.
class Uart final : public host::Ports {
public:
    u8 read(u16 port) override {
        if (broken_)
            panic("the driver's bug");
        std::scoped_lock const hold(lock_);
        switch (port - base) {
        case 0: {
            if (received_.empty())
                return 0;
            u8 const byte = static_cast<u8>(received_.front());
            received_.pop_front();
            return byte;
        }
        case 1:
            return enabled_;
        case 2: {
            u8 const reason = this->reason();
            if (reason == 2)
                transmitter_told_ = true; // reading the reason clears this one
            return reason;
        }
        case 5:
            return static_cast<u8>((received_.empty() ? 0 : 1) | (sending_ == 0 ? 0x20 : 0));
        default:
            return others_[(port - base) % 8];
        }
    }

    void write(u16 port, u8 value) override {
        std::scoped_lock const hold(lock_);
        if (port == base) {
            EXPECT_LT(sending_, 16u) << "the FIFO overflows";
            ++sending_;
            sent_ += static_cast<char>(value);
            transmitter_told_ = false;
        } else if (port == base + 1) {
            if ((value & 2) != 0 && (enabled_ & 2) == 0)
                transmitter_told_ = false; // enabling it with an empty FIFO interrupts
            enabled_ = value;
        } else {
            others_[(port - base) % 8] = value;
        }
    }

    void type(std::string_view text) {
        std::scoped_lock const hold(lock_);
        received_.insert(received_.end(), text.begin(), text.end());
    }

    /// The line takes what is in the FIFO; then the interrupt, if there is a reason.
    void move() {
        {
            std::scoped_lock const hold(lock_);
            sending_ = 0;
            if (reason() == 1)
                return;
        }
        arch::InterruptsOff const off;
        upcall::interrupt(arch::Irq{4});
    }

    void set_broken(bool broken) { broken_ = broken; }

    std::string sent() {
        std::scoped_lock const hold(lock_);
        return sent_;
    }

    u8 control(u16 offset) { return others_[offset]; }

    u8 enabled() { return enabled_; }

private:
    u8 reason() const {
        if ((enabled_ & 1) != 0 && !received_.empty())
            return 4;
        if ((enabled_ & 2) != 0 && sending_ == 0 && !transmitter_told_)
            return 2;
        return 1;
    }

    std::mutex lock_;
    std::deque<char> received_;
    std::string sent_;
    usize sending_ = 0;
    u8 enabled_ = 0;
    bool transmitter_told_ = true;
    std::atomic<bool> broken_ = false; ///< reading a register runs into a bug
    u8 others_[8] = {};
};

Uart& uart() {
    static Uart one;
    return one;
}

void boot() {
    static bool const booted = [] {
        EXPECT_TRUE(vfs::initialise());
        EXPECT_EQ(serial::driver.start().error(), Errno::enodev) << "there is no port yet";
        host::set_ports(&uart());
        auto device = serial::driver.start();
        EXPECT_TRUE(device);
        (void)device->release(); // for as long as the machine
        return true;
    }();
    (void)booted;
}

/// What goes out after `input` came in, once it ends with `end`.
bool echoes(std::string_view input, std::string_view end) {
    auto const before = uart().sent().size();
    uart().type(input);
    return task::eventually([&] {
        uart().move();
        return uart().sent().substr(before) == end;
    });
}

TEST(Serial, SetsTheLineUpAndBecomesATerminal) {
    boot();
    EXPECT_EQ(uart().control(3), 3) << "eight bits, no parity, one stop bit";
    EXPECT_EQ(uart().control(2), 7) << "FIFOs on and cleared";
    EXPECT_EQ(uart().control(4), 0x0b) << "ready, and interrupts let through";
    auto const terminal = terminal::find_terminal("ttyS0");
    ASSERT_TRUE(terminal);
    EXPECT_EQ(terminal->number(), (vfs::DeviceNumber{4, 64}));
}

TEST(Serial, InputReachesTheTerminalWhichEchoes) {
    boot();
    EXPECT_TRUE(echoes("ab\r", "ab\r\n")) << uart().sent();
}

TEST(Serial, OutputLongerThanTheFifoGoesOutWholeAndInOrder) {
    boot();
    std::string line;
    for (int i = 0; i < 300; ++i)
        line += static_cast<char>('a' + i % 26);
    EXPECT_TRUE(echoes(line + "\r", line + "\r\n")) << uart().sent();
    EXPECT_EQ(uart().enabled(), 1) << "the transmitter interrupts only while there is output";
}

/// ^C throws away what was typed: complete lines that nobody reads would hold later input back.
void interrupt() {
    EXPECT_TRUE(echoes("\x03", "^C")) << uart().sent();
}

TEST(Serial, AFloodLosesInputButNotTheDriver) {
    boot();
    interrupt();
    // More than the line discipline keeps of one line, in pieces that each fit the driver's ring.
    for (int i = 0; i < 20; ++i) {
        uart().type(std::string(1000, 'x'));
        uart().move();
        (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
    uart().type("\x03ok\r");
    EXPECT_TRUE(task::eventually([&] {
        uart().move();
        return uart().sent().ends_with("ok\r\n");
    }));
}

TEST(Serial, EchoThatTheDeviceHadNoRoomForComesWhenItHas) {
    boot();
    interrupt();
    std::string const line(4000, 'x');
    EXPECT_TRUE(echoes(line, line));
    auto const before = uart().sent().size();
    uart().type("\x15"); // ^U: three characters each to erase the line on the screen
    EXPECT_TRUE(task::eventually([&] {
        uart().move();
        return uart().sent().size() - before > 7000; // the driver holds 4096 at a time
    })) << uart().sent().size() - before;
}

/// The last one: afterwards the driver is no more.
TEST(Serial, HangsUpWhenABugHasStoppedItsInterrupts) {
    boot();
    auto const terminal = terminal::find_terminal("ttyS0");
    EXPECT_FALSE(terminal->poll(nullptr).has(vfs::Poll::hang_up));
    uart().type("x");
    uart().set_broken(true);
    uart().move();
    uart().set_broken(false);
    EXPECT_TRUE(task::eventually([&] { return terminal->poll(nullptr).has(vfs::Poll::hang_up); }));
}

} // namespace

int main(int count, char** words) {
    return task::run_tests_on_machine(count, words);
}
