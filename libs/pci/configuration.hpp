// PCI configuration space as pure logic: functions, capabilities, base address registers.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/types.hpp"

#include <optional>

namespace pci {

/// Where a function is.
struct Location {
    u8 bus = 0;
    u8 device = 0;   ///< 0 to 31
    u8 function = 0; ///< 0 to 7

    friend constexpr bool operator==(Location, Location) = default;
};

/// Access to one function's configuration space. Offsets are aligned to the width; widths are 1, 2
/// or 4 bytes.
class Configuration {
public:
    virtual u32 read(u16 offset, u8 width) const = 0;
    virtual void write(u16 offset, u8 width, u32 value) = 0;

    u8 read8(u16 offset) const { return static_cast<u8>(read(offset, 1)); }

    u16 read16(u16 offset) const { return static_cast<u16>(read(offset, 2)); }

    u32 read32(u16 offset) const { return read(offset, 4); }

    void write16(u16 offset, u16 value) { write(offset, 2, value); }

    void write32(u16 offset, u32 value) { write(offset, 4, value); }

protected:
    ~Configuration() = default;
};

// Registers (PCI 3.0, 6.1).
inline constexpr u16 register_vendor = 0x00;
inline constexpr u16 register_device = 0x02;
inline constexpr u16 register_command = 0x04;
inline constexpr u16 register_status = 0x06;
inline constexpr u16 register_header_type = 0x0e;
inline constexpr u16 register_first_bar = 0x10;
inline constexpr u16 register_secondary_bus = 0x19;
inline constexpr u16 register_capabilities = 0x34;

inline constexpr u16 command_io = 1;
inline constexpr u16 command_memory = 2;
inline constexpr u16 command_bus_master = 4;
inline constexpr u16 command_no_intx = 0x400;

inline constexpr u8 capability_msi_x = 0x11;
inline constexpr u8 capability_vendor = 0x09;

/// Nothing answers there.
bool absent(Configuration const& function);

/// The first capability with `id` after offset `after` (0: from the start); 0 when there is none.
/// Ends even when the list is a circle.
u8 find_capability(Configuration const& function, u8 id, u8 after = 0);

/// A base address register, with its size found by writing ones. Decoding must be off meanwhile,
/// which probe_bars() sees to.
struct Bar {
    enum class Kind : u8 { none, io, memory };
    Kind kind = Kind::none;
    bool is_64_bit = false; ///< takes the next register, too
    u64 address = 0;
    u64 size = 0; ///< a power of two
};

struct Bars {
    static constexpr usize count = 6;
    Bar bar[count];
};

/// Reads and sizes the registers of an ordinary function (header type 0).
Bars probe_bars(Configuration& function);
void set_bar(Configuration& function, usize index, Bar const& bar, u64 address);

/// MSI-X (PCI 3.0, 6.8.2).
struct MessageTable {
    u8 capability = 0; ///< its offset
    u16 vectors = 0;
    u8 bar = 0;
    u32 offset = 0; ///< of the table in the BAR: 16 bytes per vector
};

std::optional<MessageTable> find_message_table(Configuration const& function);

/// What a vendor capability of a virtio device says of one structure (virtio 1.2, 4.1.4).
struct VirtioRegion {
    u8 bar = 0;
    u32 offset = 0;
    u32 size = 0;
};

struct VirtioRegions {
    VirtioRegion common, notify, interrupt_status, device;
    bool has_device = false; ///< some devices have no configuration of their own
    u32 notify_multiplier = 0;
};

/// Nothing when a structure that every modern device has is missing or malformed.
std::optional<VirtioRegions> find_virtio_regions(Configuration const& function);

} // namespace pci
