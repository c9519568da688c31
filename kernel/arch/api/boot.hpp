// What the boot loader told us, in one shape for every boot protocol.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/slice.hpp"

#include <optional>
#include <string_view>

namespace arch {

struct MemoryRange {
    enum class Kind { usable, reserved, acpi_reclaimable, kernel, initrd, boot_tables };
    PhysAddr start;
    PhysAddr end;
    Kind kind;
};

/// A picture in memory, as the loader left it. Its pixels are little-endian words of red, green and
/// blue.
struct Framebuffer {
    struct Colour {
        u8 position; ///< of its lowest bit
        u8 bits;     ///< 1 to 8
    };

    PhysAddr start;
    u32 pitch; ///< bytes from one row to the next
    u32 width; ///< pixels
    u32 height;
    u8 pixel_bits; ///< 16, 24 or 32
    Colour red;
    Colour green;
    Colour blue;

    u64 size() const { return u64{pitch} * height; }
};

struct BootInfo {
    /// Sorted, page-aligned, without overlaps. Only `usable` ranges may be handed out; `initrd` and
    /// `boot_tables` become usable when their readers are done.
    Slice<MemoryRange const> memory;
    std::string_view command_line;
    PhysAddr initrd_start; ///< equal to initrd_end when there is none
    PhysAddr initrd_end;
    std::string_view loader; ///< "PVH", or what a multiboot2 loader calls itself
    std::optional<Framebuffer> framebuffer;
};

/// Valid from arch::initialise_boot_cpu() on.
BootInfo const& boot_info();

/// Second step of boot, after the kernel's frame allocator works: full direct map, interrupt
/// controllers, clock. Called once by kernel/init.
void initialise_platform();

} // namespace arch
