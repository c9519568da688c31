// A person at the screen of a PC: boots from an ISO, reads pictures of the screen, presses keys.
#include "runner/archive.hpp"
#include "runner/initramfs.hpp"
#include "runner/os.hpp"
#include "tests/boot/calls.hpp"
#include "tests/screen/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using screen_test::Machine;

/// The build directory's kernel, and an initramfs with a shell.
class Screen : public testing::Test {
protected:
    runner::Setup setup(std::string_view machine, std::string words = "",
                        std::vector<std::string> const& command = {"/bin/busybox", "sh"},
                        std::string const& more_files = "") {
        std::string const build = std::getenv("LINNET_BUILD");
        archive_ = runner::memory_file(
            runner::padded(runner::read_file(build + "/initramfs.cpio")) +
            runner::init_overlay(command, runner::Streams::console, runner::base_busybox, "linux") +
            more_files);
        runner::Setup made;
        made.machine = &runner::find_machine(machine);
        made.accelerator = runner::best_accelerator();
        made.memory = "256M";
        made.kernel = build + "/linnet.elf";
        made.initrd = "/proc/self/fd/" + std::to_string(archive_.number());
        made.append = std::move(words);
        return made;
    }

    runner::Descriptor archive_;
};

TEST_F(Screen, AShellWithLogKeysAndFullScreenPrograms) {
    Machine machine(setup("iso", "console=tty0"));
    ASSERT_TRUE(machine.shows("~ #")) << machine.transcript();
    EXPECT_TRUE(machine.shows("] Linnet, started by GRUB")) << machine.transcript(); // the log

    ASSERT_TRUE(machine.type("echo $((6*7)) $(tty)")) << machine.transcript();
    machine.press({"ret"});
    EXPECT_TRUE(machine.shows("42 /dev/tty1")) << machine.transcript();

    // From here on the log would only be drawn over what is tested.
    ASSERT_TRUE(machine.type("dmesg -n 1; echo si''lent")) << machine.transcript();
    machine.press({"ret"});
    ASSERT_TRUE(machine.shows("silent")) << machine.transcript();
    ASSERT_TRUE(machine.type("echo $((6*7)) $(tty)")) << machine.transcript();
    machine.press({"ret"});

    // Line editing: the line before, changed in its middle.
    machine.press({"up"});
    ASSERT_TRUE(machine.shows("~ # echo $((6*7)) $(tty)")) << machine.transcript();
    machine.press({"home"});
    machine.press({"delete"});
    ASSERT_TRUE(machine.shows("~ # cho $((6*7))")) << machine.transcript();
    machine.press({"ctrl", "c"});
    ASSERT_TRUE(machine.type("stty size")) << machine.transcript();
    machine.press({"ret"});
    EXPECT_TRUE(machine.shows("48 128")) << machine.transcript();

    // vi draws the whole screen, and leaves what was written behind.
    ASSERT_TRUE(machine.type("vi note")) << machine.transcript();
    machine.press({"ret"});
    ASSERT_TRUE(machine.shows("- note")) << machine.transcript();
    machine.press({"i"});
    ASSERT_TRUE(machine.type("Hello, Screen!")) << machine.transcript();
    EXPECT_EQ(machine.screen().at(0), "Hello, Screen!");
    EXPECT_EQ(machine.screen().at(5), "~");
    machine.press({"esc"}); // what comes at once belongs to the key, for vi
    ASSERT_TRUE(machine.shows("- note")) << machine.transcript();
    ASSERT_TRUE(machine.type(":wq")) << machine.transcript();
    machine.press({"ret"});
    ASSERT_TRUE(machine.type("wc -c note")) << machine.transcript();
    machine.press({"ret"});
    EXPECT_TRUE(machine.shows("15 note")) << machine.transcript();

    // Function keys, as their bytes.
    ASSERT_TRUE(machine.type("cat -v")) << machine.transcript();
    machine.press({"ret"});
    machine.press({"f1"});
    machine.press({"pgdn"});
    EXPECT_TRUE(machine.shows("^[[[A^[[6~")) << machine.transcript();
}

/// What a terminal of 48 rows and 128 columns shows of `bytes`, which began in its upper left
/// corner.
std::vector<std::string> laid_out(std::string_view bytes) {
    constexpr std::size_t columns = 128;
    constexpr std::size_t height = 48;
    std::vector<std::string> rows(1);
    std::size_t column = 0;
    for (char const byte : bytes)
        switch (byte) {
        case '\r':
            column = 0;
            break;
        case '\n': // ONLCR
            rows.emplace_back();
            column = 0;
            break;
        case '\b':
            column -= column > 0;
            break;
        case '\t':
            column = std::min(column / 8 * 8 + 8, columns - 1);
            break;
        default:
            if (column == columns) {
                rows.emplace_back();
                column = 0;
            }
            rows.back().resize(std::max(rows.back().size(), column + 1), ' ');
            rows.back()[column++] = byte;
        }
    rows.erase(rows.begin(), rows.end() - static_cast<long>(std::min(rows.size(), height)));
    rows.resize(height);
    for (auto& row : rows)
        row.erase(row.find_last_not_of(' ') + 1);
    return rows;
}

// A5.1
TEST_F(Screen, ShowsTheBytesThatTheSerialPortGets) {
    std::string text = "overwritten\rOVER\nback\b\bCK\n";
    for (std::size_t i = 0; i < 50; ++i)
        text += std::to_string(i) + '\t' + std::string(i * 5, '*') + "\tend\n";
    text += "that is all";
    runner::ArchiveWriter files;
    files.file("text", 0644, text);
    // Last on the serial port, the log: with it the calls that the two made.
    Machine machine(setup("iso", "console=tty0 quiet linnet.strace=1",
                          {"/bin/busybox", "sh", "-c",
                           "dmesg -n 1; stty raw </dev/ttyS0; clear; /linnet/bin/cat /text; "
                           "/linnet/bin/cat /text >/dev/ttyS0; "
                           "dmesg >/dev/ttyS0; echo '(end)' >/dev/ttyS0; sleep 1000"},
                          files.finish()));
    for (int i = 0; i < 1200 && !machine.log().contains("(end)\n"); ++i)
        usleep(100'000);
    auto const& serial = machine.log();
    auto const calls = calls_of(serial, "/linnet/bin/cat");
    ASSERT_EQ(calls.size(), 2u) << machine.transcript();
    EXPECT_EQ(calls[0], calls[1]);
    auto const begin = serial.find("overwritten\r");
    ASSERT_NE(begin, serial.npos) << machine.transcript();
    EXPECT_EQ(serial.substr(begin, text.size()), text);
    auto screen = machine.screen();
    for (int i = 0; i < 600 && screen != laid_out(text); ++i) {
        usleep(100'000);
        screen = machine.screen();
    }
    EXPECT_EQ(screen, laid_out(text));
}

TEST_F(Screen, UefiWith64Mebibytes) {
    auto made = setup("iso-uefi"); // and no console=: the screen is the first choice
    made.memory = "64M";
    made.cpus = 2;
    Machine machine(std::move(made));
    ASSERT_TRUE(machine.shows("~ #", 120s)) << machine.transcript();
    ASSERT_TRUE(machine.type("nproc; tty")) << machine.transcript();
    machine.press({"ret"});
    EXPECT_TRUE(machine.shows("/dev/tty1")) << machine.transcript();
}

TEST_F(Screen, APanicIsSeen) {
    auto made = setup("iso", "console=tty0 rdinit=/nosuch init=/nosuch");
    made.ends_with_kernel = false;
    Machine machine(std::move(made));
    EXPECT_TRUE(machine.shows("kernel panic: ")) << machine.transcript();
    EXPECT_TRUE(machine.shows("#0 0x")) << machine.transcript(); // the backtrace
}

TEST_F(Screen, WithoutAFramebufferTheConsoleIsTheSerialPort) {
    auto made = setup("iso-uefi"); // on a BIOS without VGA, GRUB itself hangs
    made.more = {"-vga", "none"};
    Machine machine(std::move(made));
    std::string seen;
    for (int i = 0; i < 600 && !seen.contains("/dev/console is ttyS0"); ++i) {
        seen = machine.log();
        usleep(100'000);
    }
    EXPECT_TRUE(seen.contains("/dev/console is ttyS0")) << seen;
}

} // namespace
