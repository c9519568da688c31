// Page table entries of x86-64: bits, and the walk that every user of the tables shares.
#pragma once

#include "kernel/arch/api/page_table.hpp"
#include "libs/base/address.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/result.hpp"

namespace arch {

// Intel SDM volume 3, section 4.5.
inline constexpr u64 entry_present = u64{1} << 0;
inline constexpr u64 entry_writable = u64{1} << 1;
inline constexpr u64 entry_user = u64{1} << 2;
inline constexpr u64 entry_write_through = u64{1} << 3;
inline constexpr u64 entry_uncached = u64{1} << 4;
inline constexpr u64 entry_accessed = u64{1} << 5;
inline constexpr u64 entry_dirty = u64{1} << 6;
inline constexpr u64 entry_large = u64{1} << 7;
inline constexpr u64 entry_global = u64{1} << 8;
/// Ours: the page is there although no access is allowed (PROT_NONE), so `present` is clear.
inline constexpr u64 entry_hidden = u64{1} << 9;
inline constexpr u64 entry_no_execute = u64{1} << 63;
inline constexpr u64 entry_frame = 0x000f'ffff'ffff'f000;

using TableEntry = Atomic<u64>;

inline constexpr usize entries_per_table = 512;

/// The index of `address` in a table of `level`: 4 is the root, 1 the last.
constexpr usize table_index(u64 address, int level) {
    return address >> (page_shift + 9 * (level - 1)) & (entries_per_table - 1);
}

/// The table at a physical address, through the direct map.
inline TableEntry* table_at(u64 physical) {
    return pointer_to<TableEntry>(direct_map(PhysAddr(physical)));
}

/// The table that `entry` points to. With `create` a missing one is allocated and linked with
/// `link` besides its address; without, nullptr stands for a missing one.
Result<TableEntry*> table_below(TableEntry& entry, u64 link);

/// The kernel's own root, whose upper half every address space shares.
u64 kernel_root();

} // namespace arch
