// Finds ACPI tables and reads the simple ones: RSDP, RSDT/XSDT, MCFG, HPET.
#include "libs/platform/acpi.hpp"

#include "libs/platform/acpi_tables.hpp"

#include <algorithm>

namespace platform::acpi {
namespace {

constexpr u32 largest_table = 1u << 20; // DSDTs of real machines have some 100 KiB

std::unexpected<Problem> problem(char const* cause, PhysAddr at) {
    return std::unexpected(Problem{cause, at});
}

/// The RSDP at `at`, checked, or nothing.
std::optional<RsdpFields> rsdp_at(PhysicalMemory const& memory, PhysAddr at) {
    RsdpFields fields{};
    auto const bytes = writable_object_bytes(fields);
    if (!memory.read(at, bytes.first(old_rsdp_size)) ||
        std::string_view(fields.signature, 8) != "RSD PTR " ||
        sum_of(memory, at, old_rsdp_size) != 0)
        return std::nullopt;
    if (fields.revision >= 2 && (!memory.read(at, bytes) || sum_of(memory, at, sizeof fields) != 0))
        fields.xsdt = 0; // the old half is still right
    return fields;
}

std::optional<RsdpFields> search(PhysicalMemory const& memory, PhysAddr from, u64 size) {
    for (u64 offset = 0; offset < size; offset += 16)
        if (auto const found = rsdp_at(memory, from + offset))
            return found;
    return std::nullopt;
}

/// The header of a table; checks its length and checksum.
std::expected<HeaderFields, Problem> checked_header(PhysicalMemory const& memory, PhysAddr at) {
    auto const header = read_object<HeaderFields>(memory, at);
    if (!header)
        return problem("an ACPI table is outside memory", at);
    if (header->length < sizeof(HeaderFields) || header->length > largest_table)
        return problem("an ACPI table has an impossible length", at);
    auto const sum = sum_of(memory, at, header->length);
    if (!sum)
        return problem("an ACPI table ends outside memory", at);
    if (*sum != 0)
        return problem("an ACPI table has a wrong checksum", at);
    return *header;
}

} // namespace

std::expected<Root, Problem> find_root(PhysicalMemory const& memory, PhysAddr hint) {
    std::optional<RsdpFields> rsdp;
    if (hint != PhysAddr{})
        rsdp = rsdp_at(memory, hint);
    if (!rsdp) { // 5.2.5.1: the first KiB of the EBDA, then the BIOS area
        PhysAddr const ebda_segment(0x40e);
        auto const segment = read_object<u16>(memory, ebda_segment);
        if (segment && *segment >= 0x400)
            rsdp = search(memory, PhysAddr(static_cast<u64>(*segment) << 4), 1024);
    }
    if (!rsdp)
        rsdp = search(memory, PhysAddr(0xe'0000), 0x2'0000);
    if (!rsdp)
        return problem("no ACPI root pointer", hint);

    bool const extended = rsdp->revision >= 2 && rsdp->xsdt != 0;
    PhysAddr const at(extended ? rsdp->xsdt : rsdp->rsdt);
    auto const header = checked_header(memory, at);
    if (!header)
        return std::unexpected(header.error());
    if (std::string_view(header->signature, 4) != (extended ? "XSDT" : "RSDT"))
        return problem("the ACPI root pointer leads to another table", at);
    u8 const entry_size = extended ? 8 : 4;
    u32 const list = header->length - static_cast<u32>(sizeof(HeaderFields));
    return Root{at, list / entry_size, entry_size};
}

std::expected<Table, Problem> find_table(PhysicalMemory const& memory, Root const& root,
                                         std::string_view signature) {
    for (u32 i = 0; i < root.entries; ++i) {
        u64 entry = 0; // little-endian: the low half is read first
        PhysAddr const slot = root.table + sizeof(HeaderFields) + u64{i} * root.entry_size;
        if (!memory.read(slot, writable_object_bytes(entry).first(root.entry_size)))
            return problem("the list of ACPI tables is outside memory", slot);
        PhysAddr const at(entry);
        auto const header = read_object<HeaderFields>(memory, at);
        if (!header || std::string_view(header->signature, 4) != signature)
            continue;
        auto const checked = checked_header(memory, at);
        if (!checked)
            return std::unexpected(checked.error());
        return Table{at, checked->length, checked->revision};
    }
    return problem("no such ACPI table", root.table);
}

std::expected<ConfigurationSpaces, Problem> parse_mcfg(PhysicalMemory const& memory,
                                                       Table const& mcfg) {
    struct [[gnu::packed]] Entry {
        u64 base;
        u16 segment;
        u8 first_bus, last_bus;
        u32 reserved;
    };

    ConfigurationSpaces spaces;
    constexpr u32 first_entry = sizeof(HeaderFields) + 8;
    for (u32 at = first_entry; at + sizeof(Entry) <= mcfg.size; at += sizeof(Entry)) {
        auto const entry = read_object<Entry>(memory, mcfg.at + at);
        if (!entry)
            return problem("the MCFG is outside memory", mcfg.at);
        if (entry->first_bus > entry->last_bus || (entry->base & 0xf'ffff) != 0)
            return problem("the MCFG has an impossible entry", mcfg.at + at);
        spaces.add({PhysAddr(entry->base), entry->segment, entry->first_bus, entry->last_bus});
    }
    return spaces;
}

std::expected<PhysAddr, Problem> parse_hpet(PhysicalMemory const& memory, Table const& hpet) {
    constexpr u32 address_offset = sizeof(HeaderFields) + 4;
    if (hpet.size < address_offset + sizeof(AddressFields))
        return problem("the HPET table is too short", hpet.at);
    auto const address = read_object<AddressFields>(memory, hpet.at + address_offset);
    if (!address || address->space != 0 || address->address == 0)
        return problem("the HPET is not in memory", hpet.at);
    return PhysAddr(address->address);
}

} // namespace platform::acpi
