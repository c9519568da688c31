// The MADT (ACPI 6.5, 5.2.12): CPUs, I/O APICs and how ISA interrupts are wired.
#include "libs/platform/acpi.hpp"
#include "libs/platform/acpi_tables.hpp"

#include <algorithm>

namespace platform::acpi {
namespace {

struct [[gnu::packed]] MadtFields {
    HeaderFields header;
    u32 local_apic;
    u32 flags;
};

enum EntryType : u8 {
    local_apic = 0,
    io_apic = 1,
    interrupt_override = 2,
    local_apic_nmi = 4,
    local_apic_address = 5,
    local_x2apic = 9,
    local_x2apic_nmi = 10,
};

struct [[gnu::packed]] LocalApicEntry {
    u8 type, size, uid, apic_id;
    u32 flags;
};

struct [[gnu::packed]] IoApicEntry {
    u8 type, size, id, reserved;
    u32 address, first_gsi;
};

struct [[gnu::packed]] OverrideEntry {
    u8 type, size, bus, irq;
    u32 gsi;
    u16 flags;
};

struct [[gnu::packed]] NmiEntry {
    u8 type, size, uid;
    u16 flags;
    u8 pin;
};

struct [[gnu::packed]] AddressEntry {
    u8 type, size;
    u16 reserved;
    u64 address;
};

struct [[gnu::packed]] X2ApicEntry {
    u8 type, size;
    u16 reserved;
    u32 apic_id, flags, uid;
};

struct [[gnu::packed]] X2NmiEntry {
    u8 type, size;
    u16 flags;
    u32 uid;
    u8 pin, reserved[3];
};

constexpr u32 enabled = 1;
constexpr u8 every_uid = 0xff;

Polarity polarity(u16 flags) {
    switch (flags & 3) {
    case 1:
        return Polarity::active_high;
    case 3:
        return Polarity::active_low;
    default:
        return Polarity::bus_default;
    }
}

Trigger trigger(u16 flags) {
    switch (flags >> 2 & 3) {
    case 1:
        return Trigger::edge;
    case 3:
        return Trigger::level;
    default:
        return Trigger::bus_default;
    }
}

/// The entry as T, when it is long enough to be one.
template <class T>
std::optional<T> as(ConstBytes entry) {
    T value;
    if (entry.size() < sizeof value)
        return std::nullopt;
    copy_bytes(writable_object_bytes(value), entry.first(sizeof value));
    return value;
}

void add_cpu(InterruptTopology& found, u32 apic_id, u32 uid, u32 flags) {
    // Firmware lists a CPU that both forms can describe once; a second entry would start it twice.
    for (Cpu const& cpu : found.cpus)
        if (cpu.apic_id == apic_id)
            return;
    found.add(found.cpus, Cpu{apic_id, uid, false, (flags & enabled) != 0});
}

bool take(InterruptTopology& found, ConstBytes entry) {
    switch (static_cast<u8>(entry.front())) {
    case local_apic:
        if (auto const e = as<LocalApicEntry>(entry)) {
            if (e->apic_id != 0xff)
                add_cpu(found, e->apic_id, e->uid, e->flags);
            return true;
        }
        return false;
    case local_x2apic:
        if (auto const e = as<X2ApicEntry>(entry)) {
            if (e->apic_id != 0xffff'ffff)
                add_cpu(found, e->apic_id, e->uid, e->flags);
            return true;
        }
        return false;
    case io_apic:
        if (auto const e = as<IoApicEntry>(entry)) {
            found.add(found.io_apics, IoApic{e->id, PhysAddr(e->address), e->first_gsi});
            return true;
        }
        return false;
    case interrupt_override:
        if (auto const e = as<OverrideEntry>(entry)) {
            if (e->bus == 0)
                found.add(found.isa_overrides,
                          IsaOverride{e->irq, e->gsi, polarity(e->flags), trigger(e->flags)});
            return true;
        }
        return false;
    case local_apic_nmi:
        if (auto const e = as<NmiEntry>(entry)) {
            found.add(found.nmis, NmiWiring{e->uid == every_uid ? NmiWiring::every_cpu : e->uid,
                                            e->pin, polarity(e->flags), trigger(e->flags)});
            return true;
        }
        return false;
    case local_x2apic_nmi:
        if (auto const e = as<X2NmiEntry>(entry)) {
            found.add(found.nmis, NmiWiring{e->uid, e->pin, polarity(e->flags), trigger(e->flags)});
            return true;
        }
        return false;
    case local_apic_address:
        if (auto const e = as<AddressEntry>(entry)) {
            found.local_apic = PhysAddr(e->address);
            return true;
        }
        return false;
    default:
        return true; // of no interest, or from a later specification
    }
}

} // namespace

std::expected<InterruptTopology, Problem> parse_madt(PhysicalMemory const& memory,
                                                     Table const& madt) {
    auto const refuse = [](char const* cause, PhysAddr at) {
        return std::unexpected(Problem{cause, at});
    };
    if (madt.size < sizeof(MadtFields))
        return refuse("the MADT is too short", madt.at);
    auto const fields = read_object<MadtFields>(memory, madt.at);
    if (!fields)
        return refuse("the MADT is outside memory", madt.at);

    std::expected<InterruptTopology, Problem> found;
    found->local_apic = PhysAddr(fields->local_apic);
    found->has_8259 = (fields->flags & 1) != 0;
    for (u32 at = sizeof(MadtFields); at + 2 <= madt.size;) {
        std::byte entry[255];
        auto const start = Bytes(entry).first(2);
        if (!memory.read(madt.at + at, start))
            return refuse("the MADT is outside memory", madt.at + at);
        u8 const size = static_cast<u8>(entry[1]);
        if (size < 2 || size > madt.size - at)
            return refuse("a MADT entry has an impossible length", madt.at + at);
        auto const bytes = Bytes(entry).first(size);
        if (!memory.read(madt.at + at, bytes))
            return refuse("the MADT is outside memory", madt.at + at);
        if (!take(*found, bytes))
            return refuse("a MADT entry is too short", madt.at + at);
        at += size;
    }
    return found;
}

} // namespace platform::acpi
