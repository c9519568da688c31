// A person at the screen of a PC: boots from an ISO, reads pictures of the screen, presses keys.
#include "runner/initramfs.hpp"
#include "runner/os.hpp"
#include "tests/screen/machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using screen_test::Machine;

/// The build directory's kernel, and an initramfs with a shell.
class Screen : public testing::Test {
protected:
    runner::Setup setup(std::string_view machine, std::string words = "") {
        std::string const build = std::getenv("LINNET_BUILD");
        archive_ = runner::memory_file(
            runner::padded(runner::read_file(build + "/initramfs.cpio")) +
            runner::init_overlay({"/bin/busybox", "sh"}, runner::Streams::console,
                                 runner::base_busybox, "linux"));
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
