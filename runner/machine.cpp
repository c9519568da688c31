// The shapes of virtual machine that Linnet is started on, and how QEMU is told of them.
#include "runner/machine.hpp"

#include "runner/failure.hpp"

#include <cctype>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace runner {

Machine const& find_machine(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& machine : machines) {
        if (machine.name == name)
            return machine;
        names.push_back(machine.name);
    }
    throw Failure(fmt::format("there is no machine '{}'", name),
                  fmt::format("choose one of: {}", fmt::join(names, ", ")));
}

std::string_view best_accelerator() {
    // /dev/kvm alone proves little: some hosts offer one that cannot run an operating system.
    if (access("/dev/kvm", R_OK | W_OK) != 0)
        return "tcg";
    std::ifstream cpuinfo("/proc/cpuinfo");
    std::string word;
    while (cpuinfo >> word)
        if (word == "vmx" || word == "svm")
            return "kvm";
    return "tcg";
}

std::vector<std::string> hardware_arguments(Machine const& machine, std::string_view accelerator,
                                            unsigned cpus, std::string_view memory) {
    std::vector<std::string> arguments{
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-machine",
        fmt::format("{},memory-backend=ram", machine.board),
        "-accel",
        std::string(accelerator),
        "-cpu",
        "max",
        "-smp",
        fmt::format("{}", cpus),
        "-m",
        std::string(memory),
        "-object",
        // Sparse: the host gives what is touched, so a guest may be larger than it. Without a unit
        // the size is in MiB for -m, but would be in bytes here.
        fmt::format("memory-backend-ram,id=ram,reserve=off,size={}{}", memory,
                    std::isdigit(static_cast<unsigned char>(memory.back())) ? "M" : ""),
    };
    if (!machine.firmware.empty())
        arguments.insert(arguments.end(), {"-bios", std::string(machine.firmware)});
    if (machine.boot == Machine::Boot::media)
        arguments.insert(arguments.end(), {"-vga", "std"});
    if (machine.bus == Bus::mmio) // otherwise QEMU offers the draft-era register layout
        arguments.insert(arguments.end(), {"-global", "virtio-mmio.force-legacy=false"});
    return arguments;
}

std::string virtio_device(Machine const& machine, std::string_view kind) {
    return machine.bus == Bus::mmio ? fmt::format("virtio-{}-device", kind)
                                    : fmt::format("virtio-{}-pci,disable-legacy=on", kind);
}

} // namespace runner
