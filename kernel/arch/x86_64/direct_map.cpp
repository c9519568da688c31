// The direct map: all RAM at one offset, writable, never executable, by the largest pages.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/features.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/processor.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>

namespace arch {
namespace {

static_assert(layout::direct_map_start == detail::direct_map_start);

constexpr u64 large = 2_MiB;
constexpr u64 huge = 1_GiB;
constexpr u64 rights = entry_present | entry_writable | entry_global | entry_no_execute;
constexpr u64 table_link = entry_present | entry_writable;

/// Memory worth reading through the map. Reserved ranges may hold device registers, which must not
/// be cached, so they stay out.
bool is_ram(MemoryRange::Kind kind) {
    return kind != MemoryRange::Kind::reserved;
}

/// Early memory never fails: it stops the machine.
TableEntry* early_table_below(TableEntry& entry) {
    auto const table = table_below(entry, table_link);
    ensure(table.has_value(), "no table for the direct map");
    return *table;
}

TableEntry& pointer_entry(u64 virtual_address) {
    auto& root = table_at(kernel_root())[table_index(virtual_address, 4)];
    auto* const pointers = early_table_below(root);
    return pointers[table_index(virtual_address, 3)];
}

/// Maps [start, end), both multiples of 2 MiB.
void map_stretch(u64 start, u64 end) {
    for (u64 at = start; at < end;) {
        u64 const virtual_address = direct_map(PhysAddr(at)).value();
        auto& pointer = pointer_entry(virtual_address);
        if (cpu_features.gigabyte_pages && at % huge == 0 && end - at >= huge) {
            pointer.store(at | rights | entry_large);
            at += huge;
            continue;
        }
        if ((pointer.load() & entry_large) == 0) {
            auto* const directory = early_table_below(pointer);
            directory[table_index(virtual_address, 2)].store(at | rights | entry_large);
        }
        at += large;
    }
}

/// boot.S mapped the first GiB without asking what is there: what is not RAM goes.
void trim_first_gigabyte(Slice<MemoryRange const> ranges) {
    auto& pointer = pointer_entry(direct_map(PhysAddr(0)).value());
    if ((pointer.load() & entry_large) != 0)
        return;
    auto* const directory = early_table_below(pointer);
    for (usize i = 0; i < entries_per_table; ++i) {
        u64 const start = i * large;
        bool used = start == 0; // the firmware's low megabyte
        for (auto const& range : ranges)
            used = used || (is_ram(range.kind) && range.start.value() < start + large &&
                            range.end.value() > start);
        if (!used)
            directory[i].store(0);
    }
}

} // namespace

void for_each_stretch_of_ram(FunctionRef<void(u64 start, u64 end)> visit) {
    u64 start = 0;
    u64 end = large;
    for (auto const& range : boot_info().memory) {
        if (!is_ram(range.kind) || range.end - PhysAddr(0) > layout::direct_map_limit)
            continue;
        u64 const first = align_down(range.start.value(), large);
        u64 const last = align_up(range.end.value(), large);
        if (first > end) {
            visit(start, end);
            start = first;
        }
        end = std::max(end, last);
    }
    visit(start, end);
}

void build_direct_map() {
    for_each_stretch_of_ram([](u64 start, u64 end) { map_stretch(start, end); });
    trim_first_gigabyte(boot_info().memory);
    flush_whole_tlb();
}

bool in_direct_map(PhysAddr start, u64 bytes) {
    if (start.value() >= layout::direct_map_limit ||
        bytes > layout::direct_map_limit - start.value())
        return false;
    for (auto at = align_down(start.value(), page_size); at < start.value() + bytes;
         at += page_size)
        if (!kernel_translate(direct_map(PhysAddr(at))))
            return false;
    return true;
}

Result<void> extend_direct_map(PhysAddr start, u64 bytes) {
    if (start.value() >= layout::direct_map_limit ||
        bytes > layout::direct_map_limit - start.value())
        return fail(Errno::efault);
    for (auto at = start.page_down(); at < start + bytes; at += page_size) {
        auto const virtual_address = direct_map(at);
        if (!kernel_translate(virtual_address))
            TRY(enter_kernel_page(virtual_address, at, entry_present | entry_no_execute));
    }
    return {};
}

} // namespace arch
