// The shapes of virtual machine that Linnet is started on, and how QEMU is told of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// Debian's build of UEFI for QEMU, from the package ovmf.
inline constexpr std::string_view uefi_firmware = "/usr/share/ovmf/OVMF.fd";

/// Where virtio devices sit.
enum class Bus { mmio, pci };

struct Machine {
    std::string_view name;
    std::string_view about;
    std::string_view board;    ///< value of -machine
    std::string_view firmware; ///< value of -bios; empty for the board's own
    Bus bus;
    /// How the kernel gets there: from QEMU itself (-kernel), or from an ISO with GRUB on it, on a
    /// machine with a screen.
    enum class Boot { kernel, media } boot = Boot::kernel;
};

inline constexpr Machine machines[] = {
    {"microvm", "no firmware tables, no PCI, virtio over MMIO: boots fastest", "microvm,acpi=off",
     "", Bus::mmio},
    {"q35", "a PC with SeaBIOS, ACPI and virtio over PCI", "q35", "", Bus::pci},
    {"q35-qboot", "a PC with the minimal qboot firmware, which leaves PCI to the kernel", "q35",
     "qboot.rom", Bus::pci},
    {"microvm-acpi", "microvm with firmware tables, which name its devices", "microvm", "",
     Bus::mmio},
    {"iso", "a PC with SeaBIOS and a screen, started by GRUB from an ISO", "q35", "", Bus::pci,
     Machine::Boot::media},
    {"iso-uefi", "the same with UEFI (OVMF)", "q35", uefi_firmware, Bus::pci, Machine::Boot::media},
};

/// The machine of that name. Throws Failure that lists the names.
Machine const& find_machine(std::string_view name);

/// "kvm" where the CPU and /dev/kvm offer it, otherwise "tcg".
std::string_view best_accelerator();

/// The part of QEMU's command line that says what hardware there is.
std::vector<std::string> hardware_arguments(Machine const& machine, std::string_view accelerator,
                                            unsigned cpus, std::string_view memory);

/// QEMU's name of a virtio device on this machine, as in virtio_device(m, "rng").
std::string virtio_device(Machine const& machine, std::string_view kind);

} // namespace runner
