// What the boot loader told us, in one shape for every boot protocol.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/slice.hpp"

#include <string_view>

namespace arch {

struct MemoryRange {
    enum class Kind { usable, reserved, acpi_reclaimable, kernel, initrd, boot_tables };
    PhysAddr start;
    PhysAddr end;
    Kind kind;
};

struct BootInfo {
    /// Sorted, page-aligned, without overlaps. Only `usable` ranges may be handed out; `initrd` and
    /// `boot_tables` become usable when their readers are done.
    Slice<MemoryRange const> memory;
    std::string_view command_line;
    PhysAddr initrd_start; ///< equal to initrd_end when there is none
    PhysAddr initrd_end;
    char const* loader; ///< "PVH", ...
};

/// Valid from arch::initialise_boot_cpu() on.
BootInfo const& boot_info();

/// Second step of boot, after the kernel's frame allocator works: full direct map, interrupt
/// controllers, clock. Called once by kernel/init.
void initialise_platform();

} // namespace arch
