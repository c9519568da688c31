// The static ACPI tables (ACPI 6.5, chapter 5): what a kernel needs without interpreting AML.
//
// Use: find_root(), then find_table() for "APIC", "FACP", "MCFG" or "HPET" and the parser of that
// table. Nothing allocates: all this runs before there is a heap.
#pragma once

#include "libs/platform/interrupt_topology.hpp"
#include "libs/platform/physical_memory.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace platform::acpi {

/// The RSDT or XSDT.
struct Root {
    PhysAddr table;
    u32 entries = 0;
    u8 entry_size = 4; ///< 4 in an RSDT, 8 in an XSDT
};

/// A table whose length and checksum were verified.
struct Table {
    PhysAddr at;
    u32 size = 0;
    u8 revision = 0;
};

/// `hint` is where the boot loader says the RSDP is, or 0: then the places where a BIOS leaves it
/// are searched.
std::expected<Root, Problem> find_root(PhysicalMemory const& memory, PhysAddr hint);

/// The first table with this four-letter signature.
std::expected<Table, Problem> find_table(PhysicalMemory const& memory, Root const& root,
                                         std::string_view signature);

/// MADT ("APIC").
std::expected<InterruptTopology, Problem> parse_madt(PhysicalMemory const& memory,
                                                     Table const& madt);

/// A register that firmware names (Generic Address Structure).
struct Register {
    enum class Space : u8 { memory = 0, io = 1, pci_configuration = 2 };
    Space space = Space::memory;
    u8 bits = 0;
    u64 address = 0;
};

/// What SLP_TYP the two PM1 control registers (or the sleep control register) want for power-off.
struct SleepType {
    u8 a = 0;
    u8 b = 0;
};

/// FADT ("FACP"): power and reset.
struct Fadt {
    bool hardware_reduced = false;
    u16 sci_irq = 0;
    std::optional<Register> reset; ///< write reset_value here to reset the machine
    u8 reset_value = 0;
    std::optional<Register> pm1a_control; ///< power-off: write SLP_TYP << 10 | 1 << 13
    std::optional<Register> pm1b_control;
    std::optional<Register> sleep_control; ///< hardware-reduced: write SLP_TYP << 2 | 1 << 5
    std::optional<Register> pm_timer;      ///< counts at 3.579545 MHz
    bool pm_timer_32_bits = false;
    std::optional<SleepType> power_off; ///< from the DSDT's \_S5
    PhysAddr dsdt;                      ///< 0 when there is none
};

std::expected<Fadt, Problem> parse_fadt(PhysicalMemory const& memory, Table const& fadt);

/// A virtio device with its registers in memory.
struct VirtioDevice {
    PhysAddr registers;
    u32 gsi = 0;
    Trigger trigger = Trigger::level;
    Polarity polarity = Polarity::active_high;
};

using VirtioDevices = BoundedList<VirtioDevice, 64>;

/// Those that the DSDT declares as constants, which is how QEMU does it. No code is run.
VirtioDevices find_virtio_devices(PhysicalMemory const& memory, PhysAddr dsdt);

/// MCFG: where PCI configuration space is in memory. Bus b, device d, function f starts at
/// base + (b << 20 | d << 15 | f << 12).
struct ConfigurationSpace {
    PhysAddr base; ///< of bus 0, even when first_bus is not 0
    u16 segment = 0;
    u8 first_bus = 0;
    u8 last_bus = 0;
};

using ConfigurationSpaces = BoundedList<ConfigurationSpace, 8>;
std::expected<ConfigurationSpaces, Problem> parse_mcfg(PhysicalMemory const& memory,
                                                       Table const& mcfg);

/// HPET: the address of the event timer's registers.
std::expected<PhysAddr, Problem> parse_hpet(PhysicalMemory const& memory, Table const& hpet);

} // namespace platform::acpi
