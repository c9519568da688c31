// One QEMU process and the sockets that lead into it.
#include "runner/virtual_machine.hpp"

#include "runner/image.hpp"

#include <fmt/format.h>

namespace runner {
namespace {

/// Builds QEMU's command line; keeps QEMU's ends of the sockets open until it has started.
class CommandLine {
public:
    explicit CommandLine(Setup const& setup) : setup_(setup) {
        words_ = hardware_arguments(*setup.machine, setup.accelerator, setup.cpus, setup.memory);
        words_.insert(words_.begin(), "qemu-system-x86_64");
        add({"-display", setup.display});
    }

    void boot_kernel() {
        add({"-kernel", setup_.kernel});
        if (!setup_.initrd.empty())
            add({"-initrd", setup_.initrd});
        if (!setup_.append.empty())
            add({"-append", setup_.append});
    }

    /// Returns the medium, which must stay open until QEMU has started.
    Descriptor boot_media() {
        TemporaryDirectory const directory;
        auto const path = directory.path() + "/linnet.iso";
        write_image({setup_.kernel, setup_.initrd, setup_.append}, path);
        auto medium = memory_file(read_file(path));
        add({"-drive", fmt::format("file=/proc/self/fd/{},format=raw,media=cdrom,readonly=on",
                                   medium.number())});
        return medium;
    }

    void add(std::vector<std::string> const& words) {
        words_.insert(words_.end(), words.begin(), words.end());
    }

    /// A character device named `id` whose other end is returned.
    Descriptor channel(std::string_view id) {
        auto pair = SocketPair::open();
        add({"-chardev", fmt::format("socket,id={},fd={}", id, pair.theirs.number())});
        theirs_.push_back(std::move(pair.theirs));
        return std::move(pair.ours);
    }

    /// A virtio port: /dev/vport0p`number` in the guest.
    Descriptor port(std::string_view id, unsigned number) {
        auto socket = channel(id);
        add({"-device",
             fmt::format("virtserialport,chardev={0},nr={1},name=linnet.{0}", id, number)});
        return socket;
    }

    std::vector<std::string> const& words() const { return words_; }

private:
    Setup const& setup_;
    std::vector<std::string> words_;
    std::vector<Descriptor> theirs_;
};

/// The devices behind the setup's streams, the control channel, and entropy.
void add_virtio(VirtualMachine& machine, CommandLine& line, Setup const& setup) {
    // First of all virtio devices, which makes its ports /dev/vport0pN.
    line.add({"-device", virtio_device(*setup.machine, "serial") + ",max_ports=8"});
    if (setup.streams == Streams::terminal) {
        machine.console = line.channel("console");
        line.add({"-device", "virtconsole,chardev=console,nr=0"});
    } else if (setup.streams == Streams::separate) {
        machine.input = line.port("stdin", 1);
        machine.output = line.port("stdout", 2);
        machine.error = line.port("stderr", 3);
    }
    machine.control = line.port("control", 4);
    if (setup.cores)
        machine.cores = line.port("cores", 5);
    line.add({"-device", virtio_device(*setup.machine, "rng")});
}

} // namespace

std::string qemu_server(std::string const& path) {
    return fmt::format("unix:{},server=on,wait=off", path);
}

VirtualMachine VirtualMachine::start(Setup const& setup) {
    VirtualMachine machine;
    CommandLine line(setup);
    if (setup.machine->boot == Machine::Boot::media)
        machine.media = line.boot_media();
    else
        line.boot_kernel();
    machine.log = line.channel("log");
    line.add({"-serial", "chardev:log"});
    if (setup.json_log >= 0)
        line.add({"-chardev", fmt::format("file,id=json,path=/proc/self/fd/{}", setup.json_log),
                  "-device", "isa-serial,index=3,chardev=json"});
    machine.report = line.channel("report");
    line.add({"-device", "isa-debugcon,iobase=0xe9,chardev=report"});
    if (setup.ends_with_kernel)
        line.add({"-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"});
    if (setup.monitor) {
        machine.monitor = line.channel("monitor");
        line.add({"-mon", "chardev=monitor,mode=control"});
    }

    if (!setup.bare)
        add_virtio(machine, line, setup);

    if (!setup.gdb_socket.empty())
        line.add({"-gdb", setup.gdb_socket});
    if (setup.paused)
        line.add({"-S"});
    line.add(setup.more);

    auto errors = SocketPair::open();
    machine.qemu_error = std::move(errors.ours);
    machine.qemu = Child::start(line.words(), errors.theirs, Child::Group::own);
    return machine;
}

} // namespace runner
