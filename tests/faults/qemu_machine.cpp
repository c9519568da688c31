// One QEMU that stands at a snapshot: monitor, gdb stub, the guest's memory, and what it wrote.
#include "tests/faults/qemu_machine.hpp"

#include "runner/failure.hpp"

#include <bit>
#include <cstring>
#include <ctime>
#include <thread>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace faults {
namespace {

runner::Descriptor wait_for(std::string const& path) {
    for (int i = 0; i < 500; ++i) {
        if (auto socket = runner::connect_to(path))
            return socket;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw runner::Failure(fmt::format("QEMU does not open {}", path));
}

/// An empty disk for snapshots, in the format qcow2 (QEMU's docs/interop/qcow2.txt): a header, a
/// table of reference counts, a block of them, and a table of clusters, each in a cluster.
std::string empty_disk() {
    constexpr std::size_t cluster = 65536;
    std::string disk(4 * cluster, '\0');
    auto const put = [&](std::size_t at, auto value) {
        value = std::byteswap(value); // numbers are big-endian
        std::memcpy(disk.data() + at, &value, sizeof value);
    };
    disk.replace(0, 4, "QFI\xfb");
    put(4, std::uint32_t{2});           // version
    put(20, std::uint32_t{16});         // bits of a cluster
    put(24, u64{1} << 30);              // bytes
    put(36, std::uint32_t{2});          // entries in the table of clusters
    put(40, u64{3 * cluster});          // where that is
    put(48, u64{cluster});              // where the table of reference counts is
    put(56, std::uint32_t{1});          // clusters of that
    put(cluster, u64{2 * cluster});     // the only block of reference counts
    for (std::size_t i = 0; i < 4; ++i) // of the four clusters here
        put(2 * cluster + 2 * i, std::uint16_t{1});
    return disk;
}

} // namespace

QemuMachine::QemuMachine(MachineSetup const& setup) {
    ram_ = runner::memory_file("");
    if (ftruncate(ram_.number(), memory_bytes) != 0)
        throw runner::Failure("no memory for the guest");
    void* const memory = mmap(nullptr, memory_bytes, PROT_READ, MAP_SHARED, ram_.number(), 0);
    if (memory == MAP_FAILED)
        throw runner::Failure("no memory for the guest");
    memory_ = static_cast<std::byte*>(memory);
    initramfs_ = runner::memory_file(setup.initramfs);
    runner::write_file(directory() + "/disk", empty_disk());
    auto const channel = [&](std::string_view name) {
        return fmt::format("file,id={0},path={1}/{0}", name, directory());
    };
    auto const socket = [&](std::string_view name) {
        return fmt::format("unix:{}/{},server=on,wait=off", directory(), name);
    };
    qemu_ = runner::Child::start(
        {"qemu-system-x86_64",
         "-nodefaults",
         "-no-user-config",
         "-no-reboot",
         "-no-shutdown",
         "-S",
         "-machine",
         "microvm,acpi=off,memory-backend=ram",
         "-accel",
         "tcg,thread=single",
         "-cpu",
         "max",
         "-display",
         "none",
         "-m",
         fmt::format("{}", memory_bytes >> 20),
         "-object",
         fmt::format("memory-backend-file,id=ram,share=on,size={},mem-path=/proc/self/fd/{}",
                     memory_bytes, ram_.number()),
         "-icount",
         "shift=0,sleep=off",
         "-rtc",
         "base=2020-01-01,clock=vm",
         "-seed",
         "1",
         "-kernel",
         setup.kernel,
         "-initrd",
         fmt::format("/proc/self/fd/{}", initramfs_.number()),
         "-append",
         setup.words,
         "-chardev",
         channel("log"),
         "-serial",
         "chardev:log",
         "-chardev",
         channel("report"),
         "-device",
         "isa-debugcon,iobase=0xe9,chardev=report",
         "-global",
         "virtio-mmio.force-legacy=false",
         "-device",
         "virtio-serial-device",
         "-chardev",
         channel("console"),
         "-device",
         "virtconsole,chardev=console",
         "-drive",
         fmt::format("if=none,format=qcow2,cache=unsafe,file={}/disk", directory()),
         "-qmp",
         socket("monitor"),
         "-gdb",
         socket("gdb")},
        runner::writable_file(directory() + "/qemu"), runner::Child::Group::own);
    try {
        monitor_ = wait_for(directory() + "/monitor");
        answer();
        auto const greeting = std::string_view(R"({"execute":"qmp_capabilities"})");
        (void)!::write(monitor_.number(), greeting.data(), greeting.size());
        answer();
        gdb_ = std::make_unique<GdbClient>(wait_for(directory() + "/gdb"));
    } catch (runner::Failure const& failure) {
        throw runner::Failure(
            fmt::format("{}: {}", failure.what(), runner::read_file(directory() + "/qemu")));
    }
}

QemuMachine::~QemuMachine() {
    munmap(memory_, memory_bytes);
}

/// The next line that is no event.
std::string QemuMachine::answer() {
    for (;;) {
        if (auto const end = received_.find('\n'); end != std::string::npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            if (!line.contains("\"event\":"))
                return line;
            continue;
        }
        std::array<char, 4096> block{};
        auto const got = ::read(monitor_.number(), block.data(), block.size());
        if (got <= 0)
            throw runner::Failure("QEMU is gone");
        received_.append(block.data(), static_cast<std::size_t>(got));
    }
}

void QemuMachine::monitor(std::string const& line) {
    auto const command = fmt::format(
        R"({{"execute":"human-monitor-command","arguments":{{"command-line":"{}"}}}})", line);
    (void)!::write(monitor_.number(), command.data(), command.size());
    if (auto const said = answer(); said != "{\"return\": \"\"}\r")
        throw runner::Failure(fmt::format("QEMU's monitor on '{}': {}", line, said));
}

std::string QemuMachine::console() const {
    return runner::read_file(directory() + "/console");
}

std::string QemuMachine::log() const {
    return runner::read_file(directory() + "/log");
}

std::string QemuMachine::report() const {
    return runner::read_file(directory() + "/report");
}

std::chrono::milliseconds QemuMachine::used() const {
    clockid_t clock = 0;
    timespec time{};
    if (clock_getcpuclockid(qemu_.process(), &clock) != 0 || clock_gettime(clock, &time) != 0)
        return {};
    return std::chrono::seconds(time.tv_sec) + std::chrono::milliseconds(time.tv_nsec / 1'000'000);
}

} // namespace faults
