// Tests of the virtio console driver against a device that behaves like QEMU's.
#include "kernel/drivers/virtio_console/driver.hpp"
#include "kernel/drivers/virtio_console/protocol.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/anonymous.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/initialise.hpp"
#include "libs/virtqueue/fake_device.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::idle();
}

namespace {

using namespace virtio_console;

Bytes physical(u64 at, usize size) {
    return {pointer_to<std::byte>(arch::direct_map(PhysAddr(at))), size};
}

/// Port 0 is a console, 1 a stream, 4 the kernel's own.
class Host final : public virtio::Transport {
public:
    u32 device_id() const override { return virtio_id; }

    std::string_view name() const override { return "test device"; }

    Result<void> connect(Handler handler, void* context) override {
        handler_ = handler;
        context_ = context;
        return {};
    }

    virtio::Registers& configuration() override { return registers_; }

    /// What a port's program side sent; output is taken only while `taking`.
    std::string sent(u32 port) {
        std::scoped_lock const hold(lock_);
        return text_[port];
    }

    void set_taking(bool taking) {
        std::scoped_lock const hold(lock_);
        taking_ = taking;
        for (u32 port : {0u, 1u})
            take_output(port);
    }

    void give(u32 port, std::string_view text) {
        std::scoped_lock const hold(lock_);
        auto const request = queues_.at(receive_queue(port)).next();
        ASSERT_TRUE(request) << "the driver offers no buffer";
        copy_bytes(physical(request->segments[0].address, request->segments[0].length),
                   bytes_of(text));
        queues_.at(receive_queue(port)).complete(request->head, static_cast<u32>(text.size()));
        pending_ = true;
    }

    void tell(ControlMessage message, std::string_view rest = {}) {
        std::scoped_lock const hold(lock_);
        auto const request = queues_.at(control_receive_queue).next();
        ASSERT_TRUE(request) << "the driver offers no control buffer";
        auto const into = physical(request->segments[0].address, request->segments[0].length);
        copy_bytes(into, object_bytes(message));
        copy_bytes(into.subspan(sizeof message), bytes_of(rest));
        queues_.at(control_receive_queue)
            .complete(request->head, static_cast<u32>(sizeof message + rest.size()));
        pending_ = true;
    }

    /// As the machine would: between two instructions of the driver.
    void interrupt_if_pending() {
        if (handler_ == nullptr || holding || !pending_.exchange(false))
            return;
        arch::InterruptsOff const off;
        handler_(context_);
    }

    std::atomic<bool> holding = false; ///< interrupts come later

    bool open(u32 port) {
        std::scoped_lock const hold(lock_);
        return open_.contains(port);
    }

protected:
    u64 device_features() override { return virtio::feature_version_1 | feature_multiport; }

    void set_driver_features(u64) override {}

    u8 status() override { return status_; }

    void set_status(u8 status) override { status_ = status; }

    u16 queue_limit(u16) override { return 64; }

    void enable_queue(u16 index, virtio::SplitQueue const& ring) override {
        auto const layout = virtio::SplitQueue::layout(ring.size());
        queues_.emplace(
            index,
            virtio::FakeDevice(physical(ring.descriptors().value(), layout.total), ring.size()));
    }

    void notify(u16 queue) override {
        std::scoped_lock const hold(lock_);
        if (queue == control_transmit_queue)
            answer();
        for (u32 const port : {0u, 1u})
            if (queue == transmit_queue(port))
                take_output(port);
    }

private:
    class Configuration final : public virtio::Registers {
    public:
        u32 read(usize offset, u8) const override {
            return offset == configuration_most_ports ? 5 : 0;
        }

        void write(usize, u8, u32) override {}
    };

    void take_output(u32 port) {
        if (!taking_)
            return;
        auto& queue = queues_.at(transmit_queue(port));
        while (auto const request = queue.next()) {
            for (auto const& segment : request->segments)
                text_[port] += text_of(physical(segment.address, segment.length));
            queue.complete(request->head, 0);
            pending_ = true;
        }
    }

    void answer() {
        auto& queue = queues_.at(control_transmit_queue);
        while (auto const request = queue.next()) {
            ControlMessage message;
            copy_bytes(writable_object_bytes(message),
                       physical(request->segments[0].address, sizeof message));
            queue.complete(request->head, 0);
            if (message.event == device_ready)
                for (u32 const port : {0u, 1u, 4u})
                    tell({port, port_add, 1});
            if (message.event == port_ready)
                describe(message.port);
            if (message.event == port_open && message.value != 0)
                open_.insert(message.port);
            if (message.event == port_open && message.value == 0)
                open_.erase(message.port);
        }
    }

    void describe(u32 port) {
        if (port == 0)
            tell({port, console_port, 1});
        if (port == 1)
            tell({port, port_name, 1}, "linnet.stdin");
        if (port == 4)
            tell({port, port_name, 1}, "linnet.control");
        tell({port, port_open, 1});
    }

    Configuration registers_;
    std::map<u16, virtio::FakeDevice> queues_;
    std::map<u32, std::string> text_;
    std::set<u32> open_;
    Handler handler_ = nullptr;
    void* context_ = nullptr;
    u8 status_ = 0;
    bool taking_ = true;
    std::atomic<bool> pending_ = false;
    std::recursive_mutex lock_;
};

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
