// Entering and removing pages, with the bookkeeping that every change of an address space shares.
#include "kernel/mem/contents.hpp"

#include "kernel/mem/zero_page.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>
#include <utility>

namespace mem {

arch::AccessFlags private_access(Area const& area, u32 shares) {
    return shares == 1 ? area.page_access() : area.page_access().without(arch::Access::write);
}

void AddressSpace::Contents::count_page(PhysAddr frame, i64 by) {
    if (is_zero_page(frame))
        return;
    Page const* const page = find_page(frame);
    u64 const change = static_cast<u64>(by);
    resident += change;
    peak_resident = std::max(peak_resident, resident);
    if (page != nullptr && page->use == Use::page_cache)
        resident_shared += change;
}

Result<void> AddressSpace::Contents::enter(UserAddr page, Frame frame, arch::AccessFlags access) {
    TRY(table.enter(page, frame.address(), access));
    count_page(frame.address(), 1);
    (void)std::move(frame).leak(); // the entry holds the share now
    return {};
}

void AddressSpace::Contents::replace(UserAddr page, Frame frame, arch::AccessFlags access) {
    auto const old = table.lookup(page);
    ensure(old.has_value(), "replacing a page that is not present");
    Graveyard graveyard(table);
    count_page(old->frame, -1);
    count_page(frame.address(), 1);
    table.replace(page, std::move(frame).leak(), access, graveyard.batch());
    graveyard.bury(old->frame);
}

void AddressSpace::Contents::drop_pages(UserAddr start, UserAddr end) noexcept {
    Graveyard graveyard(table);
    table.for_each(start, end, [&](UserAddr page, arch::PageTable::Entry const& entry) {
        (void)table.remove(page, graveyard.batch());
        count_page(entry.frame, -1);
        graveyard.bury(entry.frame);
    });
}

void AddressSpace::Contents::drop_pages_of_source(UserAddr start, UserAddr end) noexcept {
    Graveyard graveyard(table);
    table.for_each(start, end, [&](UserAddr page, arch::PageTable::Entry const& entry) {
        if (page_of(entry.frame).use != Use::page_cache)
            return;
        (void)table.remove(page, graveyard.batch());
        count_page(entry.frame, -1);
        graveyard.bury(entry.frame);
    });
}

/// Nobody uses the table any more, so nothing needs to be flushed.
void AddressSpace::Contents::drop_everything() noexcept {
    for (Area* area = areas.first(); area != nullptr; area = areas.next(*area))
        table.for_each(area->start, area->end, [](UserAddr, arch::PageTable::Entry const& entry) {
            Frame::adopt(entry.frame);
        });
    areas.clear();
}

Result<void> AddressSpace::Contents::remove_range(UserAddr start, UserAddr end,
                                                  RemovedAreas& removed) {
    TRY(areas.split(start));
    TRY(areas.split(end));
    drop_pages(start, end);
    for (Area* area = areas.first_after(start); area != nullptr && area->start < end;) {
        Area* const after = areas.next(*area);
        removed.add(areas.remove(*area));
        area = after;
    }
    return {};
}

void AddressSpace::Contents::update_access(Area const& area, UserAddr start, UserAddr end) {
    arch::TlbBatch batch(table);
    table.for_each(start, end, [&](UserAddr page, arch::PageTable::Entry const& entry) {
        auto const access = area.sharing == Sharing::shared
                                ? area.page_access()
                                : private_access(area, page_of(entry.frame).shares.load());
        if (!(access == entry.access))
            table.protect(page, access, batch);
    });
}

u64 AddressSpace::Contents::data_bytes() {
    u64 bytes = 0;
    for (Area* area = areas.first(); area != nullptr; area = areas.next(*area))
        if (area->is_private_writable() && !area->grows_down)
            bytes += area->size();
    return bytes;
}

Result<void> AddressSpace::Contents::check_limits(u64 bytes, bool private_writable) {
    if (bytes > address_limit || areas.mapped_bytes() > address_limit - bytes)
        return fail(Errno::enomem);
    if (private_writable && data_limit != ~u64{0} &&
        (bytes > data_limit || data_bytes() > data_limit - bytes))
        return fail(Errno::enomem);
    // As Linux's default overcommit: what could never be filled is refused.
    if (private_writable && bytes / page_size > managed_pages())
        return fail(Errno::enomem);
    if (areas.count() >= max_areas)
        return fail(Errno::enomem);
    return {};
}

std::optional<UserAddr> AddressSpace::Contents::find_place(UserAddr hint, u64 size) {
    if (hint != UserAddr()) {
        UserAddr const at = std::max(hint, lowest_map);
        if (at < arch::user_end && arch::user_end - at >= size &&
            areas.find_gap(size, at, at + size, stack_guard))
            return at;
    }
    if (auto const below = areas.find_gap(size, lowest_map, layout.map_top, stack_guard))
        return below;
    return areas.find_gap(size, lowest_map, arch::user_end, stack_guard);
}

} // namespace mem
