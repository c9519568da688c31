// The kernel half of every address space: single pages of it, and walking its tables.
#include "kernel/arch/api/kernel_range.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/text.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/shadow.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"
#include "libs/base/scope.hpp"

#include <algorithm>

namespace arch {
namespace {

extern "C" char kernel_root_table[];

Result<PhysAddr> new_table() {
    if (early_memory_open())
        return early_frame();
    return upcall::allocate_table_frame();
}

/// The entry of `level` or the larger page that stands above it; nullptr when nothing is there.
struct Place {
    TableEntry* entry;
    int level;
};

Place find(VirtAddr at) {
    auto* table = table_at(kernel_root());
    for (int level = 4;; --level) {
        auto& entry = table[table_index(at.value(), level)];
        u64 const value = entry.load(MemoryOrder::relaxed);
        if (level == 1 || (value & (entry_present | entry_large)) == (entry_present | entry_large))
            return {&entry, level};
        if ((value & entry_present) == 0)
            return {nullptr, level};
        table = table_at(value & entry_frame);
    }
}

} // namespace

u64 kernel_root() {
    return address_of(kernel_root_table) - layout::kernel_offset - kernel_slide();
}

Result<TableEntry*> table_below(TableEntry& entry, u64 link) {
    u64 value = entry.load(MemoryOrder::acquire);
    if ((value & entry_present) == 0) {
        if (link == 0)
            return nullptr;
        auto const frame = TRY(new_table());
        // Two CPUs may both add a table here; the second one's goes back.
        Undo undo([&] { upcall::free_table_frame(frame); });
        if (entry.compare_exchange(value, frame.value() | link)) {
            undo.keep();
            value = frame.value();
        }
    }
    ensure((value & entry_large) == 0, "a large page stands where a table is needed");
    return table_at(value & entry_frame);
}

Result<void> enter_kernel_page(VirtAddr at, PhysAddr frame, u64 rights) {
    auto* table = table_at(kernel_root());
    for (int level = 4; level > 1; --level)
        table =
            TRY(table_below(table[table_index(at.value(), level)], entry_present | entry_writable));
    auto& entry = table[table_index(at.value(), 1)];
    ensure((entry.load() & entry_present) == 0, "a kernel page is mapped twice");
    entry.store(frame.value() | rights);
    return {};
}

VirtAddr kernel_area_start() {
    return layout::kernel_area_first;
}

VirtAddr kernel_area_end() {
    return layout::kernel_area_last;
}

Result<void> map_kernel_page(VirtAddr at, PhysAddr frame, AccessFlags access, Caching caching) {
    u64 rights = entry_present | entry_global;
    if (access.has(Access::write))
        rights |= entry_writable;
    if (!access.has(Access::execute))
        rights |= entry_no_execute;
    if (caching == Caching::uncached)
        rights |= entry_uncached | entry_write_through;
    if constexpr (shadow::enabled)
        TRY(shadow::cover(at));
    return enter_kernel_page(at, frame, rights);
}

namespace {

/// The entry of a page that is mapped by itself, or nullptr.
TableEntry* find_page(VirtAddr at) {
    auto const place = find(at);
    bool const there = place.entry != nullptr && place.level == 1 &&
                       (place.entry->load(MemoryOrder::relaxed) & entry_present) != 0;
    return there ? place.entry : nullptr;
}

} // namespace

std::optional<PhysAddr> unmap_kernel_page(VirtAddr at) {
    auto* const entry = find_page(at);
    if (entry == nullptr)
        return std::nullopt;
    u64 const old = entry->exchange(0);
    flush_kernel_pages(at, 1);
    return PhysAddr(old & entry_frame);
}

void unmap_kernel_pages(VirtAddr start, usize pages,
                        FunctionRef<void(PhysAddr frame)> removed) noexcept {
    constexpr usize at_once = 16;
    while (pages != 0) {
        usize const count = std::min(pages, at_once);
        PhysAddr frames[at_once];
        usize found = 0;
        // Each of these can begin anew after a bug.
        persist([&] {
            found = 0;
            for (usize i = 0; i < count; ++i)
                if (auto const* const entry = find_page(start + i * page_size))
                    frames[found++] = PhysAddr(entry->load() & entry_frame);
        });
        persist([&] {
            for (usize i = 0; i < count; ++i)
                if (auto* const entry = find_page(start + i * page_size))
                    entry->store(0);
            if (found != 0)
                flush_kernel_pages(start, count);
        });
        persist([&] {
            while (found != 0) {
                PhysAddr const frame = frames[found - 1];
                --found;
                removed(frame);
            }
        });
        start += count * page_size;
        pages -= count;
    }
}

std::optional<PhysAddr> kernel_translate(VirtAddr at) {
    auto const place = find(at);
    if (place.entry == nullptr)
        return std::nullopt;
    u64 const value = place.entry->load(MemoryOrder::relaxed);
    if ((value & entry_present) == 0)
        return std::nullopt;
    u64 const span = u64{1} << (page_shift + 9 * (place.level - 1));
    return PhysAddr((value & entry_frame & ~(span - 1)) + (at.value() & (span - 1)));
}

void put_text(VirtAddr at, u64 word) noexcept {
    if (auto const physical = kernel_translate(at)) // its alias in the direct map is writable
        *pointer_to<u64>(direct_map(*physical)) = word;
}

} // namespace arch
