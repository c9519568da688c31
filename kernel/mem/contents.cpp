// Entering and removing pages, with the bookkeeping that every change of an address space shares.
#include "kernel/mem/contents.hpp"

#include "kernel/mem/testing.hpp"
#include "kernel/mem/zero_page.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>
#include <utility>

namespace mem {

arch::AccessFlags private_access(Area const& area, u32 shares) {
    return shares == 1 ? area.page_access() : area.page_access().without(arch::Access::write);
}

namespace {

/// What the entry of a present page may allow.
arch::AccessFlags allowed_access(Area const& area, PhysAddr frame) {
    return area.sharing == Sharing::shared ? area.page_access()
                                           : private_access(area, page_of(frame).shares.load());
}

} // namespace

void AddressSpace::Contents::count_page(PhysAddr frame, i64 by) {
    if (is_zero_page(frame))
        return;
    Page const* const page = find_page(frame);
    count_pages(by, page != nullptr && page->use == Use::page_cache ? by : 0);
}

void AddressSpace::Contents::count_pages(i64 all, i64 of_sources) {
    resident += static_cast<u64>(all);
    peak_resident = std::max(peak_resident, resident);
    resident_shared += static_cast<u64>(of_sources);
}

void Graveyard::flush() noexcept {
    persist([this] {
        batch_.flush();
        while (count_ != 0) {
            testing::may_fail();
            PhysAddr const frame = buried_[count_ - 1].frame;
            --count_;
            Frame::adopt(frame);
        }
    });
}

void Graveyard::settle() noexcept {
    persist([this] {
        if (count_ == 0)
            return;
        auto const& last = buried_[count_ - 1];
        auto const entry = table_.lookup(last.page);
        if (entry && entry->frame == last.frame)
            --count_;
    });
}

void AddressSpace::Contents::drop_unless_entered(UserAddr page, PhysAddr frame) noexcept {
    persist([&] {
        auto const entry = table.lookup(page);
        if (!entry || entry->frame != frame)
            Frame::adopt(frame);
    });
}

Result<void> AddressSpace::Contents::enter_uncounted(UserAddr page, Frame frame,
                                                     arch::AccessFlags access) {
    PhysAddr const at = std::move(frame).leak(); // the entry will hold the share
    try {
        testing::may_fail();
        auto const entered = table.enter(page, at, access);
        testing::may_fail();
        if (!entered) {
            Frame::adopt(at);
        }
        return entered;
    } catch (...) {
        drop_unless_entered(page, at);
        throw;
    }
}

Result<void> AddressSpace::Contents::enter(UserAddr page, Frame frame, arch::AccessFlags access) {
    PhysAddr const at = frame.address();
    TRY(enter_uncounted(page, std::move(frame), access));
    count_page(at, 1);
    return {};
}

void AddressSpace::Contents::replace(UserAddr page, Frame frame, arch::AccessFlags access) {
    auto const old = table.lookup(page);
    ensure(old.has_value(), "replacing a page that is not present");
    Graveyard graveyard(table);
    PhysAddr const at = std::move(frame).leak();
    try {
        graveyard.bury(page, old->frame);
        testing::may_fail();
        table.replace(page, at, access, graveyard.batch());
        testing::may_fail();
    } catch (...) {
        graveyard.settle();
        drop_unless_entered(page, at);
        throw;
    }
    count_page(old->frame, -1);
    count_page(at, 1);
}

void AddressSpace::Contents::drop_pages(UserAddr start, UserAddr end) noexcept {
    drop_pages_if(start, end, [](PhysAddr) { return true; });
}

void AddressSpace::Contents::drop_pages_of_source(UserAddr start, UserAddr end) noexcept {
    drop_pages_if(start, end, [](PhysAddr frame) { return page_of(frame).use == Use::page_cache; });
}

bool AddressSpace::Contents::recover() {
    areas.rebuild();
    resident = 0;
    resident_shared = 0;
    Graveyard graveyard(table);
    table.for_each(UserAddr(), arch::user_end,
                   [&](UserAddr page, arch::PageTable::Entry const& entry) {
                       Area const* const area = areas.find(page);
                       if (area == nullptr) {
                           graveyard.bury(page, entry.frame);
                           (void)table.remove(page, graveyard.batch());
                           return;
                       }
                       count_page(entry.frame, 1);
                       auto const access = allowed_access(*area, entry.frame);
                       if (!allows(access, entry.access))
                           table.protect(page, access, graveyard.batch());
                   });
    return true;
}

template <class Test>
void AddressSpace::Contents::drop_pages_if(UserAddr start, UserAddr end, Test test) noexcept {
    Graveyard graveyard(table);
    bool const dropped = persist([&] {
        graveyard.settle(); // after a bug
        table.for_each(start, end, [&](UserAddr page, arch::PageTable::Entry const& entry) {
            if (!test(entry.frame))
                return;
            graveyard.bury(page, entry.frame);
            testing::may_fail();
            (void)table.remove(page, graveyard.batch());
            testing::may_fail();
            count_page(entry.frame, -1);
        });
    });
    if (!dropped)
        graveyard.settle();
}

/// Nobody uses the table any more, so nothing needs to be flushed, nor the entries be removed.
void AddressSpace::Contents::drop_everything() noexcept {
    UserAddr done{}; // up to here; a bug makes us come by again
    persist([&] {
        for (Area const* area = areas.first(); area != nullptr; area = area->next)
            table.for_each(std::max(area->start, done), std::max(area->end, done),
                           [&](UserAddr page, arch::PageTable::Entry const& entry) {
                               testing::may_fail();
                               done = page + page_size;
                               Frame::adopt(entry.frame);
                           });
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
        auto const access = allowed_access(area, entry.frame);
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
