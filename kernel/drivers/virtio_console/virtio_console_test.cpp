// Tests of the virtio console driver against a device that behaves like QEMU's.
#include "kernel/drivers/virtio_console/console.hpp"
#include "kernel/drivers/virtio_console/driver.hpp"
#include "kernel/drivers/virtio_console/host_end_test.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/anonymous.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/initialise.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <string>

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::idle();
}

namespace {

using namespace virtio_console;

Host* host_end = nullptr;

/// Delivers the device's interrupts while the test waits.
void deliver(void*) {
    for (;;) {
        host_end->interrupt_if_pending();
        (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
}

void boot() {
    static bool const booted = [] {
        EXPECT_TRUE(vfs::initialise());
        auto transport = make<Host>();
        host_end = transport.raw();
        auto const thread = task::Thread::create("device", deliver, nullptr);
        (*thread)->start();
        auto device = driver.start(std::move(transport));
        EXPECT_TRUE(device);
        (void)device->release(); // for as long as the machine
        return true;
    }();
    (void)booted;
}

template <class Condition>
bool eventually(Condition condition) {
    auto const deadline = arch::now() + Nanoseconds::seconds(20);
    while (!condition()) {
        if (arch::now() > deadline)
            return false;
        (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
    return true;
}

Result<Ref<vfs::File>> open_port(u32 minor, u32 flags) {
    auto const place =
        TRY(vfs::create_anonymous(vfs::Kind::character_device, 0600, "port", vfs::Naming::plain));
    return vfs::open_device(vfs::Kind::character_device, {249, minor}, place,
                            vfs::OpenFlags::from_bits(flags));
}

constexpr u32 read_write = 2;
constexpr u32 nonblocking = static_cast<u32>(uapi::Open::nonblocking);

Result<std::string> read(vfs::File& file, usize most = 100) {
    std::string into(most, '\0');
    auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(into)));
    into.resize(TRY(file.read(sink)));
    return into;
}

Result<usize> write(vfs::File& file, std::string_view text) {
    auto source = mem::Source::kernel(bytes_of(text));
    return file.write(source);
}

TEST(VirtioConsole, PortsBecomeDevicesAndTheConsoleATerminal) {
    boot();
    std::set<std::string> names;
    vfs::for_each_device(
        [&](vfs::DeviceEntry const& device) { names.emplace(device.name.view()); });
    EXPECT_TRUE(names.contains("vport0p1"));
    EXPECT_TRUE(names.contains("hvc0"));
    EXPECT_EQ(open_port(0, read_write).error(), Errno::enxio); // the console
    EXPECT_EQ(open_port(4, read_write).error(), Errno::ebusy); // the kernel listens there
    EXPECT_EQ(open_port(3, read_write).error(), Errno::enxio); // no such port
    EXPECT_TRUE(host_end->open(0));
    EXPECT_TRUE(host_end->open(4));
    EXPECT_FALSE(host_end->open(1));
}

TEST(VirtioConsole, OneOpenAtATimeAndTheHostKnows) {
    boot();
    {
        auto const file = open_port(1, read_write);
        ASSERT_TRUE(file);
        EXPECT_TRUE(host_end->open(1));
        EXPECT_EQ(open_port(1, read_write).error(), Errno::ebusy);
    }
    EXPECT_FALSE(host_end->open(1));
    EXPECT_TRUE(open_port(1, read_write));
}

TEST(VirtioConsole, BytesComeInOrderAndTheirEndIsTheEndOfTheFile) {
    boot();
    auto const file = open_port(1, read_write | nonblocking);
    ASSERT_TRUE(file);
    EXPECT_EQ(read(**file).error(), Errno::eagain);
    host_end->give(1, "hello");
    host_end->give(1, std::string_view("a\0b", 3));
    ASSERT_TRUE(eventually([&] { return (*file)->poll(nullptr).has(vfs::Poll::in); }));
    EXPECT_EQ(*read(**file, 2), "he");
    EXPECT_EQ(*read(**file), "llo");
    EXPECT_EQ(*read(**file), std::string("a\0b", 3));
    EXPECT_FALSE((*file)->poll(nullptr).has(vfs::Poll::in));

    host_end->give(1, "last");
    host_end->tell({1, port_open, 0});
    ASSERT_TRUE(eventually([&] { return (*file)->poll(nullptr).has(vfs::Poll::hang_up); }));
    EXPECT_EQ(*read(**file), "last");
    EXPECT_EQ(*read(**file), "");
    EXPECT_EQ(write(**file, "x").error(), Errno::eagain);
    auto const events = (*file)->poll(nullptr);
    EXPECT_TRUE(events.has(vfs::Poll::hang_up) && events.has(vfs::Poll::in));
    EXPECT_FALSE(events.has(vfs::Poll::out));
    host_end->tell({1, port_open, 1});
    ASSERT_TRUE(eventually([&] { return !(*file)->poll(nullptr).has(vfs::Poll::hang_up); }));
    EXPECT_EQ(read(**file).error(), Errno::eagain);
}

TEST(VirtioConsole, ReaderSleepsUntilInputComes) {
    boot();
    auto const file = open_port(1, read_write);
    ASSERT_TRUE(file);
    auto const giver =
        task::Thread::create("giver", [](void*) { host_end->give(1, "late"); }, nullptr);
    (*giver)->start();
    EXPECT_EQ(*read(**file), "late");
}

TEST(VirtioConsole, OutputWaitsForAHostThatDoesNotRead) {
    boot();
    auto const before = host_end->sent(1);
    std::string const text(100'000, 'x');
    {
        auto const file = open_port(1, read_write | nonblocking);
        ASSERT_TRUE(file);
        host_end->set_taking(false);
        auto const first = write(**file, text);
        ASSERT_TRUE(first);
        EXPECT_EQ(*first, 8 * 4_KiB);
        EXPECT_EQ(write(**file, "y").error(), Errno::eagain);
        EXPECT_FALSE((*file)->poll(nullptr).has(vfs::Poll::out));
        host_end->set_taking(true);
        ASSERT_TRUE(eventually([&] { return (*file)->poll(nullptr).has(vfs::Poll::out); }));
        EXPECT_EQ(*write(**file, "end"), 3u);
    }
    auto const file = open_port(1, read_write);
    EXPECT_EQ(*write(**file, text), text.size());
    EXPECT_EQ(host_end->sent(1).substr(before.size()), std::string(8 * 4_KiB, 'x') + "end" + text);
}

TEST(VirtioConsole, AWriterWakesAlsoWhenSomebodyElseFindsTheRoom) {
    boot();
    static Ref<vfs::File> file;
    file = *open_port(1, read_write);
    host_end->set_taking(false);
    std::string const text(8 * 4_KiB, 'x');
    ASSERT_EQ(*write(*file, text), text.size());
    static std::atomic<bool> written;
    written = false;
    auto const writer = task::Thread::create(
        "writer",
        [](void*) {
            (void)write(*file, "z");
            written = true;
        },
        nullptr);
    (*writer)->start();
    ASSERT_TRUE(eventually([&] { return (*writer)->state() != task::State::runnable; }));
    host_end->holding = true;
    host_end->set_taking(true);
    EXPECT_TRUE(file->poll(nullptr).has(vfs::Poll::out));
    EXPECT_FALSE(written);
    host_end->holding = false;
    EXPECT_TRUE(eventually([&] { return written.load(); }));
    file = nullptr;
}

TEST(VirtioConsole, ABugAmidAWriteLosesNoBufferAndNothingElse) {
    boot();
    auto const before = host_end->sent(1);
    auto const file = *open_port(1, read_write | nonblocking);
    for (int round = 0; round < 10; ++round) { // more often than there are buffers
        host_end->notifications_until_bug = 0;
        EXPECT_THROW((void)write(*file, "a"), KernelBug);
        EXPECT_EQ(host_end->notifications_until_bug, -1);
        EXPECT_EQ(*write(*file, "b"), 1u);
    }
    std::string const text(8 * 4_KiB, 'x');
    EXPECT_EQ(*write(*file, text), text.size());
    std::string expected;
    for (int round = 0; round < 10; ++round)
        expected += "ab";
    EXPECT_EQ(host_end->sent(1).substr(before.size()), expected + text);
}

TEST(VirtioConsole, TheTerminalEchoesWhatIsTyped) {
    boot();
    auto const before = host_end->sent(0).size();
    host_end->give(0, "ab\r");
    EXPECT_TRUE(eventually([&] { return host_end->sent(0).substr(before) == "ab\r\n"; }));
}

TEST(VirtioConsole, OddControlMessagesDoNoHarm) {
    boot();
    host_end->tell({77, port_add, 1});
    host_end->tell({1, port_add, 1}); // again
    host_end->tell({1, 99, 1});
    host_end->tell({0, resize, 0}, "x"); // too short
    host_end->give(4, "winsize 40 100\nwinsize x\nnonsense\n");
    std::string log;
    EXPECT_TRUE(eventually([&] {
        log += host::take_console();
        return log.find("unknown command 'nonsense'") != std::string::npos;
    }));
    EXPECT_NE(log.find("winsize needs two numbers"), std::string::npos);
    auto const file = open_port(1, read_write);
    ASSERT_TRUE(file);
    auto const before = host_end->sent(1).size();
    EXPECT_EQ(*write(**file, "still here"), 10u);
    EXPECT_TRUE(eventually([&] { return host_end->sent(1).substr(before) == "still here"; }));
}

/// A second device, whose interrupts the test itself delivers.
TEST(VirtioConsole, WhoWaitsForADeviceWithoutInterruptsGetsEIO) {
    boot();
    auto transport = make<Host>();
    Host& host = *transport;
    (void)driver.start(std::move(transport))->release();
    u32 const stream = Console::most_ports + 1;
    ASSERT_TRUE(eventually([&] {
        host.interrupt_if_pending();
        return host.open(0) && open_port(stream, read_write).has_value();
    }));
    static Ref<vfs::File> file;
    file = *open_port(stream, read_write);
    host.set_taking(false);
    ASSERT_EQ(*write(*file, std::string(8 * 4_KiB, 'x')), 8 * 4_KiB);
    static std::atomic<int> refused;
    refused = 0;
    Ref<task::Thread> waiters[] = {
        *task::Thread::create(
            "reader", [](void*) { refused += read(*file).error() == Errno::eio; }, nullptr),
        *task::Thread::create(
            "writer", [](void*) { refused += write(*file, "y").error() == Errno::eio; }, nullptr)};
    for (auto const& waiter : waiters)
        waiter->start();
    for (auto const& waiter : waiters)
        ASSERT_TRUE(eventually([&] { return waiter->state() == task::State::sleeping; }));

    host.stop_interrupts();
    EXPECT_TRUE(eventually([] { return refused == 2; }));
    EXPECT_EQ(read(*file).error(), Errno::eio);
    EXPECT_EQ(write(*file, "z").error(), Errno::eio);
    auto const events = file->poll(nullptr);
    EXPECT_TRUE(events.has(vfs::Poll::error) && events.has(vfs::Poll::hang_up));
    file = nullptr; // closing does not wait either

    auto const place =
        vfs::create_anonymous(vfs::Kind::character_device, 0600, "hvc", vfs::Naming::plain);
    auto const terminal = vfs::open_device(vfs::Kind::character_device, {229, 1}, *place,
                                           vfs::OpenFlags::from_bits(read_write));
    ASSERT_TRUE(terminal);
    EXPECT_TRUE(eventually([&] { return (*terminal)->poll(nullptr).has(vfs::Poll::hang_up); }));
    EXPECT_EQ(write(**terminal, "z").error(), Errno::eio);
}

void run_tests(void*) {
    std::exit(RUN_ALL_TESTS());
}

} // namespace

/// The boot thread becomes the first CPU's idle thread, which must not sleep: so the tests run in
/// one of their own.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    mem::initialise_frames();
    host::set_cpu_count(4);
    task::initialise_this_cpu();
    arch::start_cpus();
    auto const tests = task::Thread::create("tests", run_tests, nullptr);
    (*tests)->start();
    task::idle();
}
