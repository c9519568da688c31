// Finds and reads the MP floating pointer and the MP configuration table.
#include "libs/platform/mp_table.hpp"

#include <array>
#include <string_view>

namespace platform::mp_table {
namespace {

struct [[gnu::packed]] FloatingPointer { // 4.1
    char signature[4];
    u32 table;
    u8 length; // in 16 byte units
    u8 revision, checksum;
    u8 default_configuration;
    u8 features;
    u8 reserved[3];
};

struct [[gnu::packed]] Header { // 4.2
    char signature[4];
    u16 length;
    u8 revision, checksum;
    char oem[8], product[12];
    u32 oem_table;
    u16 oem_table_size;
    u16 entry_count;
    u32 local_apic;
    u16 extended_length;
    u8 extended_checksum, reserved;
};

enum EntryType : u8 { processor = 0, bus = 1, io_apic = 2, interrupt = 3, local_interrupt = 4 };

struct [[gnu::packed]] ProcessorEntry { // 4.3.1
    u8 type, apic_id, apic_version, flags;
    u32 signature, features;
    u8 reserved[8];
};

struct [[gnu::packed]] BusEntry { // 4.3.2
    u8 type, id;
    char name[6];
};

struct [[gnu::packed]] IoApicEntry { // 4.3.3
    u8 type, id, version, flags;
    u32 address;
};

struct [[gnu::packed]] InterruptEntry { // 4.3.4 and 4.3.5
    u8 type, kind;
    u16 flags;
    u8 bus, bus_irq;
    u8 apic_id, pin;
};

static_assert(sizeof(FloatingPointer) == 16 && sizeof(Header) == 44 &&
              sizeof(ProcessorEntry) == 20 && sizeof(BusEntry) == 8 && sizeof(IoApicEntry) == 8 &&
              sizeof(InterruptEntry) == 8);

constexpr u8 kind_vectored = 0, kind_nmi = 1;
constexpr u8 every_apic = 0xff;

std::unexpected<Problem> problem(char const* cause, PhysAddr at) {
    return std::unexpected(Problem{cause, at});
}

std::optional<FloatingPointer> search(PhysicalMemory const& memory, u64 from, u64 size) {
    for (u64 offset = 0; offset < size; offset += 16) {
        PhysAddr const at(from + offset);
        auto const pointer = read_object<FloatingPointer>(memory, at);
        if (pointer && std::string_view(pointer->signature, 4) == "_MP_" && pointer->length == 1 &&
            sum_of(memory, at, sizeof *pointer) == 0)
            return pointer;
    }
    return std::nullopt;
}

Polarity polarity(u16 flags) {
    return (flags & 3) == 1   ? Polarity::active_high
           : (flags & 3) == 3 ? Polarity::active_low
                              : Polarity::bus_default;
}

Trigger trigger(u16 flags) {
    return (flags >> 2 & 3) == 1   ? Trigger::edge
           : (flags >> 2 & 3) == 3 ? Trigger::level
                                   : Trigger::bus_default;
}

enum class BusKind : u8 { unknown, isa, pci };

/// Reads the entries in the order they stand: the specification sorts them by type, so buses and
/// I/O APICs are known when interrupts name them.
class Reader {
public:
    explicit Reader(InterruptTopology& found) : found_(found) {}

    void take(ProcessorEntry const& entry) {
        constexpr u8 usable = 1, boot = 2;
        found_.add(found_.cpus, Cpu{entry.apic_id, entry.apic_id, (entry.flags & boot) != 0,
                                    (entry.flags & usable) != 0});
    }

    void take(BusEntry const& entry) {
        std::string_view const name(entry.name, sizeof entry.name);
        buses_[entry.id] = name.starts_with("ISA") || name.starts_with("EISA") ? BusKind::isa
                           : name.starts_with("PCI")                           ? BusKind::pci
                                                                               : BusKind::unknown;
    }

    void take(IoApicEntry const& entry) {
        constexpr u8 usable = 1;
        if ((entry.flags & usable) == 0)
            return;
        // The table does not number pins globally; 24 pins each, in order, is what ACPI would say.
        found_.add(found_.io_apics, IoApic{entry.id, PhysAddr(entry.address),
                                           static_cast<u32>(found_.io_apics.size() * 24)});
    }

    void take(InterruptEntry const& entry) {
        if (entry.type == local_interrupt) {
            if (entry.kind == kind_nmi)
                found_.add(
                    found_.nmis,
                    NmiWiring{entry.apic_id == every_apic ? NmiWiring::every_cpu : entry.apic_id,
                              entry.pin, polarity(entry.flags), trigger(entry.flags)});
            return;
        }
        if (entry.kind != kind_vectored)
            return;
        for (IoApic const& apic : found_.io_apics) {
            if (apic.id != entry.apic_id && entry.apic_id != every_apic)
                continue;
            u32 const gsi = apic.first_gsi + entry.pin;
            if (buses_[entry.bus] == BusKind::pci)
                found_.add(found_.pci_interrupts,
                           PciInterrupt{entry.bus, static_cast<u8>(entry.bus_irq >> 2 & 0x1f),
                                        static_cast<u8>(entry.bus_irq & 3), gsi});
            else if (buses_[entry.bus] == BusKind::isa && !is_plain(entry, gsi))
                found_.add(
                    found_.isa_overrides,
                    IsaOverride{entry.bus_irq, gsi, polarity(entry.flags), trigger(entry.flags)});
            return;
        }
    }

private:
    static bool is_plain(InterruptEntry const& entry, u32 gsi) {
        return entry.bus_irq == gsi && polarity(entry.flags) != Polarity::active_low &&
               trigger(entry.flags) != Trigger::level;
    }

    InterruptTopology& found_;
    std::array<BusKind, 256> buses_{};
};

template <class Entry>
bool take(PhysicalMemory const& memory, PhysAddr table, u32& at, u32 size, Reader& reader) {
    if (size - at < sizeof(Entry))
        return false;
    auto const entry = read_object<Entry>(memory, table + at);
    if (!entry)
        return false;
    reader.take(*entry);
    at += sizeof(Entry);
    return true;
}

std::expected<InterruptTopology, Problem> read_table(PhysicalMemory const& memory, PhysAddr table) {
    auto const header = read_object<Header>(memory, table);
    if (!header || std::string_view(header->signature, 4) != "PCMP")
        return problem("no MP configuration table where the pointer leads", table);
    if (header->length < sizeof(Header) || sum_of(memory, table, header->length) != 0)
        return problem("the MP configuration table has a wrong checksum", table);

    std::expected<InterruptTopology, Problem> found;
    found->local_apic = PhysAddr(header->local_apic);
    found->has_8259 = true; // machines of this table's age always have them
    Reader reader(*found);
    // Not by entry_count: qboot leaves it 0.
    for (u32 at = sizeof(Header); at < header->length;) {
        auto const type = read_object<u8>(memory, table + at);
        bool taken = false;
        if (type == processor)
            taken = take<ProcessorEntry>(memory, table, at, header->length, reader);
        else if (type == bus)
            taken = take<BusEntry>(memory, table, at, header->length, reader);
        else if (type == io_apic)
            taken = take<IoApicEntry>(memory, table, at, header->length, reader);
        else if (type == interrupt || type == local_interrupt)
            taken = take<InterruptEntry>(memory, table, at, header->length, reader);
        if (!taken)
            return problem("the MP configuration table has a malformed entry", table + at);
    }
    return found;
}

} // namespace

std::expected<InterruptTopology, Problem> read(PhysicalMemory const& memory) {
    std::optional<FloatingPointer> pointer;
    PhysAddr const ebda_segment(0x40e);
    auto const segment = read_object<u16>(memory, ebda_segment);
    if (segment && *segment >= 0x400)
        pointer = search(memory, static_cast<u64>(*segment) << 4, 1024);
    if (!pointer)
        pointer = search(memory, 0x9'fc00, 1024); // the last KiB of 640 KiB of base memory
    if (!pointer)
        pointer = search(memory, 0xf'0000, 0x1'0000);
    if (!pointer)
        return problem("no MP table", {});
    if (pointer->table == 0)
        return problem("an MP default configuration without a table is not supported", {});
    return read_table(memory, PhysAddr(pointer->table));
}

} // namespace platform::mp_table
