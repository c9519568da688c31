// Memory before the kernel's frame allocator works: a pointer that moves through free RAM.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/base/result.hpp"

namespace arch {

/// As boot.S counts them.
enum class BootProtocol : u32 { pvh, multiboot2 };

/// Copies what the loader left at `at` and works out the memory map.
void read_loader_information(PhysAddr at, BootProtocol protocol);

/// Maps all RAM and nothing else at layout::direct_map_start, with the largest pages.
void build_direct_map();
/// What build_direct_map() maps: physical addresses, multiples of 2 MiB, in order.
void for_each_stretch_of_ram(FunctionRef<void(u64 start, u64 end)> visit);
/// Maps firmware tables that lie outside RAM too; for readers of ACPI and MP tables.
Result<void> extend_direct_map(PhysAddr start, u64 bytes);
/// Whether every byte there can be read through the direct map.
bool in_direct_map(PhysAddr start, u64 bytes);

/// A zeroed frame that is never given back. Before close_early_memory() only.
PhysAddr early_frame();
/// Ends early_frame(): from here on table frames come from upcall::allocate_table_frame(). The
/// frames taken stand as reserved in boot_info().
void close_early_memory();
bool early_memory_open();

/// A page below 1 MiB for starting other CPUs; 0 when there is none.
PhysAddr startup_page();
/// Where the loader says the ACPI root pointer is; 0 when it does not.
PhysAddr loader_root_pointer();

} // namespace arch
