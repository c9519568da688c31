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

PageTable::Entry describe(u64 entry) {
    AccessFlags access;
    if ((entry & entry_present) != 0) {
        access = Access::read;
        if ((entry & entry_writable) != 0)
            access |= Access::write;
        if ((entry & entry_no_execute) == 0)
            access |= Access::execute;
    }
    return {PhysAddr(entry & entry_frame), access, (entry & entry_accessed) != 0,
            (entry & entry_dirty) != 0};
}

/// The table below `entry`, or nullptr.
TableEntry* present_table(TableEntry const& entry) {
    u64 const value = entry.load(std::memory_order_acquire);
    return (value & entry_present) != 0 ? table_at(value & entry_frame) : nullptr;
}

/// The last-level entry of a page, or nullptr where no table is.
TableEntry* find(u64 root, UserAddr page) {
    ensure(page < user_end, "a user page outside the user half");
    u64 const at = page.value();
    auto* const pointers = present_table(table_at(root)[table_index(at, 4)]);
    if (pointers == nullptr)
        return nullptr;
    auto* const directory = present_table(pointers[table_index(at, 3)]);
    if (directory == nullptr)
        return nullptr;
    auto* const table = present_table(directory[table_index(at, 2)]);
    return table != nullptr ? &table[table_index(at, 1)] : nullptr;
}

/// As find(), with the tables that are missing.
Result<TableEntry*> find_or_make(u64 root, UserAddr page) {
    if (auto* const entry = find(root, page)) [[likely]]
        return entry;
    auto* table = table_at(root);
    for (int level = 4; level > 1; --level)
        table = TRY(table_below(table[table_index(page.value(), level)], user_link));
    return &table[table_index(page.value(), 1)];
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
            auto const value = [&](usize n) { return at[n].load(std::memory_order_relaxed); };
            while (at < end && (value(0) | value(1) | value(2) | value(3) | value(4) | value(5) |
                                value(6) | value(7)) == 0)
                at += step;
            i = static_cast<usize>(at - table);
        }
        usize const end = std::min(last, align_down(i, step) + step);
        for (; i < end; ++i)
            if (u64 const entry = table[i].load(std::memory_order_acquire); entry != 0)
                visit(i, entry);
    }
}

void free_tables(u64 table, int level) noexcept {
    persist([=] {
        if (level > 1)
            for_used(table_at(table), 0, level == 4 ? user_entries : entries_per_table,
                     [=](usize index, u64 entry) {
                         table_at(table)[index].store(0, std::memory_order_relaxed);
                         if ((entry & entry_present) != 0)
                             free_tables(entry & entry_frame, level - 1);
                     });
    });
    upcall::free_table_frame(PhysAddr(table));
}

} // namespace

Result<PageTable> PageTable::create() {
    PhysAddr const frame = TRY(upcall::allocate_table_frame());
    PageTable made(frame.value());
    auto* const root = table_at(made.root_);
    auto* const kernel = table_at(kernel_root());
    for_used(kernel, user_entries, entries_per_table, [root](usize index, u64 entry) {
        root[index].store(entry, std::memory_order_relaxed);
    });
    return made;
}

PageTable::~PageTable() {
    if (root_ == 0)
        return;
    persist([this] { leave_table_everywhere(root_); });
    free_tables(root_, 4);
}

Result<void> PageTable::enter(UserAddr page, PhysAddr frame, AccessFlags access) {
    auto& entry = *TRY(find_or_make(root_, page));
    ensure(!is_mapped(entry.load(std::memory_order_relaxed)), "a user page is entered twice");
    entry.store(entry_of(frame, access), std::memory_order_release);
    return {};
}

std::optional<PageTable::Entry> PageTable::lookup(UserAddr page) const {
    auto const* const entry = find(root_, page);
    if (entry == nullptr)
        return std::nullopt;
    u64 const value = entry->load(std::memory_order_acquire);
    if (!is_mapped(value))
        return std::nullopt;
    return describe(value);
}

std::optional<PageTable::Entry> PageTable::remove(UserAddr page, TlbBatch& batch) {
    auto* const entry = find(root_, page);
    if (entry == nullptr || !is_mapped(entry->load(std::memory_order_relaxed)))
        return std::nullopt;
    u64 const old = entry->exchange(0);
    batch.add(page);
    return describe(old);
}

void PageTable::protect(UserAddr page, AccessFlags access, TlbBatch& batch) {
    auto* const entry = find(root_, page);
    ensure(entry != nullptr && is_mapped(entry->load()), "protect() of a page that is not there");
    // Other CPUs set the accessed and dirty bits meanwhile: none may be lost.
    u64 old = entry->load(std::memory_order_relaxed);
    constexpr u64 history = entry_accessed | entry_dirty;
    while (!entry->compare_exchange(old, entry_of(PhysAddr(old & entry_frame), access) |
                                             (old & history))) {
    }
    batch.add(page);
}

void PageTable::replace(UserAddr page, PhysAddr frame, AccessFlags access, TlbBatch& batch) {
    auto* const entry = find(root_, page);
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
            u64 const value = table[table_index(at, level)].load(std::memory_order_acquire);
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
