// The user half of an address space as x86-64 page tables of four levels.
#include "kernel/arch/api/page_table.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>

namespace arch {
namespace {

constexpr u64 user_link = entry_present | entry_writable | entry_user;
constexpr usize user_entries = 256; ///< of the root table

u64 entry_of(PhysAddr frame, AccessFlags access) {
    if (access.none())
        return frame.value() | entry_hidden;
    u64 entry = frame.value() | entry_present | entry_user;
    if (access.has(Access::write))
        entry |= entry_writable;
    if (!access.has(Access::execute))
        entry |= entry_no_execute;
    return entry;
}

bool is_mapped(u64 entry) {
    return (entry & (entry_present | entry_hidden)) != 0;
}

/// In few instructions, as it is done for each page of a process that forks, and ends.
PageTable::Entry describe(u64 entry) {
    static_assert(entry_present == static_cast<u64>(Access::read) &&
                  entry_writable == static_cast<u64>(Access::write));
    u64 const executable =
        (~entry >> 63 & entry & entry_present) * static_cast<u64>(Access::execute);
    auto const access = static_cast<u32>((entry & (entry_present | entry_writable)) | executable);
    return {PhysAddr(entry & entry_frame), AccessFlags::from_bits(access),
            (entry & entry_accessed) != 0, (entry & entry_dirty) != 0};
}

/// The table below `entry`, or nullptr.
TableEntry* present_table(TableEntry const& entry) {
    u64 const value = entry.load(MemoryOrder::acquire);
    return (value & entry_present) != 0 ? table_at(value & entry_frame) : nullptr;
}

// PageTable::nearby_: bits 37 to 63 are 1 + the number of 2 MiB that a last-level table stands for,
// those below the table's frame. One word, so that it is whole whoever reads it meanwhile. Tables
// stay until the whole goes.
constexpr int nearby_shift = 37;

u64 nearby_number(u64 at) {
    return (at >> (page_shift + 9)) + 1;
}

/// Calls visit(index, value) for the entries in [first, last) that are not zero. Tables are mostly
/// empty, so this looks at eight entries at a time. `visit` may change the entry.
template <class Visit>
void for_used(TableEntry* table, usize first, usize last, Visit visit) {
    constexpr usize step = 8;
    for (usize i = first; i < last;) {
        if (i % step == 0) {
            auto const* at = table + i;
            auto const* const end = table + align_down(last, step);
            auto const value = [&](usize n) { return at[n].load(MemoryOrder::relaxed); };
            while (at < end && (value(0) | value(1) | value(2) | value(3) | value(4) | value(5) |
                                value(6) | value(7)) == 0)
                at += step;
            i = static_cast<usize>(at - table);
        }
        usize const end = std::min(last, align_down(i, step) + step);
        for (; i < end; ++i)
            if (u64 const entry = table[i].load(MemoryOrder::acquire); entry != 0)
                visit(i, entry);
    }
}

} // namespace

[[gnu::always_inline]] inline TableEntry* PageTable::find(UserAddr page) const {
    u64 const at = page.value();
    u64 const nearby = nearby_.load(MemoryOrder::relaxed);
    if (nearby >> nearby_shift == nearby_number(at)) [[likely]]
        return &table_at(nearby % (u64{1} << nearby_shift) << page_shift)[table_index(at, 1)];
    return find_by_tables(page);
}

TableEntry* PageTable::find_by_tables(UserAddr page) const {
    ensure(page < user_end, "a user page outside the user half");
    u64 const at = page.value();
    auto* const pointers = present_table(table_at(root_)[table_index(at, 4)]);
    if (pointers == nullptr)
        return nullptr;
    auto* const directory = present_table(pointers[table_index(at, 3)]);
    if (directory == nullptr)
        return nullptr;
    u64 const last = directory[table_index(at, 2)].load(MemoryOrder::acquire);
    if ((last & entry_present) == 0)
        return nullptr;
    nearby_.store(nearby_number(at) << nearby_shift | (last & entry_frame) >> page_shift,
                  MemoryOrder::relaxed);
    return &table_at(last & entry_frame)[table_index(at, 1)];
}

Result<TableEntry*> PageTable::make(UserAddr page) {
    auto* table = table_at(root_);
    for (int level = 4; level > 1; --level) {
        auto& entry = table[table_index(page.value(), level)];
        if ((entry.load(MemoryOrder::relaxed) & entry_present) == 0) {
            PhysAddr const made = TRY(upcall::allocate_table_frame(last_frame_));
            entry.store(made.value() | user_link, MemoryOrder::release);
        }
        table = present_table(entry);
    }
    return &table[table_index(page.value(), 1)];
}

Result<PageTable> PageTable::create() {
    PageTable made;
    made.root_ = TRY(upcall::allocate_table_frame(made.last_frame_))
    .value();
    auto* const root = table_at(made.root_);
    auto* const kernel = table_at(kernel_root());
    for_used(kernel, user_entries, entries_per_table,
             [root](usize index, u64 entry) { root[index].store(entry, MemoryOrder::relaxed); });
    return made;
}

PageTable::~PageTable() {
    if (root_ != 0)
        persist([this] { leave_table_everywhere(root_); });
    upcall::free_table_frames(last_frame_);
}

Result<void> PageTable::enter(UserAddr page, PhysAddr frame, AccessFlags access) {
    auto* entry = find(page);
    if (entry == nullptr) [[unlikely]]
        entry = TRY(make(page));
    ensure(!is_mapped(entry->load(MemoryOrder::relaxed)), "a user page is entered twice");
    entry->store(entry_of(frame, access), MemoryOrder::release);
    return {};
}

std::optional<PageTable::Entry> PageTable::lookup(UserAddr page) const {
    auto const* const entry = find(page);
    if (entry == nullptr)
        return std::nullopt;
    u64 const value = entry->load(MemoryOrder::acquire);
    if (!is_mapped(value))
        return std::nullopt;
    return describe(value);
}

std::optional<PageTable::Entry> PageTable::remove(UserAddr page, TlbBatch& batch) {
    auto* const entry = find(page);
    if (entry == nullptr || !is_mapped(entry->load(MemoryOrder::relaxed)))
        return std::nullopt;
    u64 const old = entry->exchange(0);
    batch.add(page);
    return describe(old);
}

void PageTable::protect(UserAddr page, AccessFlags access, TlbBatch& batch) {
    auto* const entry = find(page);
    ensure(entry != nullptr && is_mapped(entry->load()), "protect() of a page that is not there");
    // Other CPUs set the accessed and dirty bits meanwhile: none may be lost.
    u64 old = entry->load(MemoryOrder::relaxed);
    constexpr u64 history = entry_accessed | entry_dirty;
    while (!entry->compare_exchange(old, entry_of(PhysAddr(old & entry_frame), access) |
                                             (old & history))) {
    }
    batch.add(page);
}

void PageTable::replace(UserAddr page, PhysAddr frame, AccessFlags access, TlbBatch& batch) {
    auto* const entry = find(page);
    ensure(entry != nullptr && is_mapped(entry->load()), "replace() of a page that is not there");
    entry->store(entry_of(frame, access));
    batch.add(page);
}

void PageTable::for_each(UserAddr start, UserAddr end,
                         FunctionRef<void(UserAddr page, Entry const& entry)> visit) const {
    u64 const last = std::min(end, user_end).value();
    for (u64 at = start.page_down().value(); at < last;) {
        auto* table = table_at(root_);
        int level = 4;
        for (; level > 1; --level) {
            u64 const value = table[table_index(at, level)].load(MemoryOrder::acquire);
            if ((value & entry_present) == 0)
                break;
            table = table_at(value & entry_frame);
        }
        if (level > 1) { // nothing in all that this entry spans
            u64 const span = u64{1} << (page_shift + 9 * (level - 1));
            at = align_down(at, span) + span;
            continue;
        }
        u64 const base = align_down(at, entries_per_table * page_size);
        usize const count =
            std::min<u64>((last - base + page_size - 1) / page_size, entries_per_table);
        for_used(table, table_index(at, 1), count, [&](usize index, u64 entry) {
            if (is_mapped(entry))
                visit(UserAddr(base + index * page_size), describe(entry));
        });
        at = base + entries_per_table * page_size;
    }
}

} // namespace arch
