// Reads PCI headers, capability lists and base address registers.
#include "libs/pci/configuration.hpp"

namespace pci {
namespace {

constexpr u16 status_has_capabilities = 0x10;
constexpr u8 first_capability = 0x40;
constexpr int most_capabilities = 48; // as many as fit into 192 bytes

constexpr u32 bar_is_io = 1;
constexpr u32 bar_type_mask = 6;
constexpr u32 bar_type_64_bit = 4;

u16 bar_register(usize index) {
    return static_cast<u16>(register_first_bar + 4 * index);
}

} // namespace

bool absent(Configuration const& function) {
    u16 const vendor = function.read16(register_vendor);
    return vendor == 0xffff || vendor == 0;
}

u8 find_capability(Configuration const& function, u8 id, u8 after) {
    if ((function.read16(register_status) & status_has_capabilities) == 0)
        return 0;
    u8 at = after == 0 ? function.read8(register_capabilities)
                       : function.read8(static_cast<u16>(after + 1));
    for (int i = 0; i < most_capabilities; ++i) {
        at &= 0xfc;
        if (at < first_capability)
            return 0;
        if (function.read8(at) == id)
            return at;
        at = function.read8(static_cast<u16>(at + 1));
    }
    return 0;
}

Bars probe_bars(Configuration& function) {
    u16 const command = function.read16(register_command);
    function.write16(register_command, command & static_cast<u16>(~(command_io | command_memory)));
    Bars bars;
    for (usize i = 0; i < Bars::count; ++i) {
        u16 const at = bar_register(i);
        u32 const low = function.read32(at);
        function.write32(at, 0xffff'ffff);
        u32 const ones = function.read32(at);
        function.write32(at, low);
        if (ones == 0)
            continue;
        Bar& bar = bars.bar[i];
        if ((low & bar_is_io) != 0) {
            u32 const mask = ones & 0xfffc;
            if (mask != 0)
                bar = Bar{Bar::Kind::io, false, low & 0xfffcu, mask & (0 - mask)};
            continue;
        }
        bar.kind = Bar::Kind::memory;
        bar.is_64_bit = (low & bar_type_mask) == bar_type_64_bit && i + 1 < Bars::count;
        u64 mask = ones & ~0xfu;
        bar.address = low & ~0xfu;
        if (bar.is_64_bit) {
            u16 const upper = static_cast<u16>(at + 4);
            u32 const high = function.read32(upper);
            function.write32(upper, 0xffff'ffff);
            mask |= u64{function.read32(upper)} << 32;
            function.write32(upper, high);
            bar.address |= u64{high} << 32;
            ++i;
        }
        bar.size = mask & (0 - mask); // its lowest bit that can be set
        if (bar.size == 0)
            bar.kind = Bar::Kind::none;
    }
    function.write16(register_command, command);
    return bars;
}

void set_bar(Configuration& function, usize index, Bar const& bar, u64 address) {
    function.write32(bar_register(index), static_cast<u32>(address));
    if (bar.is_64_bit)
        function.write32(bar_register(index + 1), static_cast<u32>(address >> 32));
}

std::optional<MessageTable> find_message_table(Configuration const& function) {
    u8 const at = find_capability(function, capability_msi_x);
    if (at == 0)
        return std::nullopt;
    u32 const place = function.read32(static_cast<u16>(at + 4));
    MessageTable table;
    table.capability = at;
    table.vectors = (function.read16(static_cast<u16>(at + 2)) & 0x7ff) + 1;
    table.bar = place & 7;
    table.offset = place & ~7u;
    if (table.bar >= Bars::count)
        return std::nullopt;
    return table;
}

std::optional<VirtioRegions> find_virtio_regions(Configuration const& function) {
    enum Type : u8 { common = 1, notify = 2, interrupt_status = 3, device = 4 };

    VirtioRegions regions;
    unsigned found = 0;
    u8 at = 0;
    for (int i = 0; i < most_capabilities; ++i) {
        at = find_capability(function, capability_vendor, at);
        if (at == 0)
            break;
        auto const field = [&](u16 offset) { return static_cast<u16>(at + offset); };
        u8 const type = function.read8(field(3));
        VirtioRegion const region{function.read8(field(4)), function.read32(field(8)),
                                  function.read32(field(12))};
        // 4.1.4: BARs above 5 are reserved, and the first capability of a type is preferred.
        if (type < common || type > device || region.bar >= Bars::count ||
            (found & 1u << type) != 0 || region.offset + region.size < region.offset)
            continue;
        found |= 1u << type;
        switch (type) {
        case common:
            regions.common = region;
            break;
        case notify:
            regions.notify = region;
            regions.notify_multiplier = function.read32(field(16));
            break;
        case interrupt_status:
            regions.interrupt_status = region;
            break;
        default:
            regions.device = region;
            regions.has_device = true;
        }
    }
    constexpr unsigned needed = 1u << common | 1u << notify | 1u << interrupt_status;
    constexpr u32 common_size = 0x38;
    if ((found & needed) != needed || regions.common.size < common_size ||
        regions.notify.size < 2 || regions.interrupt_status.size < 1)
        return std::nullopt;
    return regions;
}

} // namespace pci
