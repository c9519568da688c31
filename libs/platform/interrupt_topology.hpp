// Which CPUs and interrupt controllers a machine has and how they are wired, whichever table said
// so.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/slice.hpp"

#include <array>

namespace platform {

/// A list with a fixed capacity: this is read before there is a heap.
template <class T, usize capacity>
class BoundedList {
public:
    /// False when full; the item is then left out.
    bool add(T const& item) {
        if (size_ == capacity)
            return false;
        items_[size_++] = item;
        return true;
    }

    usize size() const { return size_; }

    bool empty() const { return size_ == 0; }

    T const& operator[](usize index) const { return Slice<T const>(items_.data(), size_)[index]; }

    T const* begin() const { return items_.data(); }

    T const* end() const { return items_.data() + size_; }

private:
    std::array<T, capacity> items_{};
    usize size_ = 0;
};

enum class Polarity : u8 { bus_default, active_high, active_low };
enum class Trigger : u8 { bus_default, edge, level };

struct Cpu {
    u32 apic_id = 0;
    u32 firmware_id = 0;    ///< ACPI processor UID; equal to apic_id from an MP table
    bool boot_cpu = false;  ///< only an MP table says so
    bool can_start = false; ///< enabled, or an empty socket that may be filled later: false
};

struct IoApic {
    u8 id = 0;
    PhysAddr registers;
    u32 first_gsi = 0; ///< its pin 0 is this global system interrupt
};

/// An ISA interrupt that is not wired to the global system interrupt of the same number, or not
/// edge-triggered and active high.
struct IsaOverride {
    u8 irq = 0;
    u32 gsi = 0;
    Polarity polarity = Polarity::bus_default;
    Trigger trigger = Trigger::bus_default;
};

/// An INTx line of a PCI device; only MP tables list these (ACPI needs an interpreter for them).
struct PciInterrupt {
    u8 bus = 0;
    u8 device = 0;
    u8 pin = 0; ///< 0 is INTA#
    u32 gsi = 0;
};

/// Where a CPU receives NMI: `every_cpu` or one ACPI processor.
struct NmiWiring {
    static constexpr u32 every_cpu = 0xffff'ffff;
    u32 firmware_id = 0;
    u8 local_pin = 0;
    Polarity polarity = Polarity::bus_default;
    Trigger trigger = Trigger::bus_default;
};

struct InterruptTopology {
    PhysAddr local_apic;
    bool has_8259 = false; ///< the old interrupt controllers exist and must be masked
    BoundedList<Cpu, 256> cpus;
    BoundedList<IoApic, 16> io_apics;
    BoundedList<IsaOverride, 32> isa_overrides;
    BoundedList<PciInterrupt, 128> pci_interrupts;
    BoundedList<NmiWiring, 16> nmis;
    usize left_out = 0; ///< table entries beyond these capacities

    /// Where ISA interrupt `irq` arrives: by override, else the same number, edge, active high.
    IsaOverride isa(u8 irq) const {
        for (IsaOverride const& entry : isa_overrides)
            if (entry.irq == irq)
                return entry;
        return {irq, irq, Polarity::active_high, Trigger::edge};
    }

    template <class List, class T>
    void add(List& list, T const& item) {
        if (!list.add(item))
            ++left_out;
    }
};

} // namespace platform
