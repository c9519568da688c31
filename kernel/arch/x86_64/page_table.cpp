// The user half of an address space as x86-64 page tables of four levels.
#include "kernel/arch/api/page_table.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/base/bug.hpp"

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

/// The last-level entry of a page, or nullptr where no table is.
TableEntry* find(u64 root, UserAddr page) {
    ensure(page < user_end, "a user page outside the user half");
    auto* table = table_at(root);
    for (int level = 4; level > 1; --level) {
        u64 const value = table[table_index(page.value(), level)].load(std::memory_order_acquire);
        if ((value & entry_present) == 0)
            return nullptr;
        table = table_at(value & entry_frame);
    }
    return &table[table_index(page.value(), 1)];
}

void free_tables(u64 table, int level) {
    usize const count = level == 4 ? user_entries : entries_per_table;
    if (level > 1) {
        auto* const entries = table_at(table);
        for (usize i = 0; i < count; ++i) {
            u64 const entry = entries[i].load(std::memory_order_relaxed);
            if ((entry & entry_present) != 0)
                free_tables(entry & entry_frame, level - 1);
        }
    }
    upcall::free_table_frame(PhysAddr(table));
}

} // namespace

Result<PageTable> PageTable::create() {
    auto const frame = TRY(upcall::allocate_table_frame());
    auto* const root = table_at(frame.value());
    auto* const kernel = table_at(kernel_root());
    for (usize i = user_entries; i < entries_per_table; ++i)
        root[i].store(kernel[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
    return PageTable(frame.value());
}

PageTable::~PageTable() {
    if (root_ == 0)
        return;
    leave_table_everywhere(root_);
    free_tables(root_, 4);
}

Result<void> PageTable::enter(UserAddr page, PhysAddr frame, AccessFlags access) {
    ensure(page < user_end, "a user page outside the user half");
    auto* table = table_at(root_);
    for (int level = 4; level > 1; --level)
        table = TRY(table_below(table[table_index(page.value(), level)], user_link));
    auto& entry = table[table_index(page.value(), 1)];
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
        do {
            u64 const value = table[table_index(at, 1)].load(std::memory_order_acquire);
            if (is_mapped(value))
                visit(UserAddr(at), describe(value));
            at += page_size;
        } while (at < last && table_index(at, 1) != 0);
    }
}

} // namespace arch
