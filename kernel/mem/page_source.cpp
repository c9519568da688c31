// Taking pages of a source out of all who map them, and memory that only mappings share.
#include "kernel/mem/page_source.hpp"

#include "kernel/mem/contents.hpp"

#include "kernel/mem/testing.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>

namespace mem {

bool PageSource::Mappings::recover() {
    Area* previous = nullptr;
    for (Area* area = first; area != nullptr; area = area->next_mapping) {
        area->previous_mapping = previous;
        previous = area;
    }
    return true;
}

void PageSource::join(Area& area, AddressSpace* space) {
    auto const list = mappings_.lock();
    area.previous_mapping = nullptr;
    area.next_mapping = list->first;
    area.space = space;
    if (list->first != nullptr)
        list->first->previous_mapping = &area;
    testing::may_fail();
    list->first = &area; // from here on it is in the list
    testing::may_fail();
}

/// Does nothing when an area that was to join has not come so far.
[[gnu::noinline]] void PageSource::unlink(Area& area) {
    auto const list = mappings_.lock();
    Area* const next = area.next_mapping;
    Area*& link =
        area.previous_mapping != nullptr ? area.previous_mapping->next_mapping : list->first;
    if (link == &area) {
        testing::may_fail();
        link = next; // from here on it is not
        testing::may_fail();
        if (next != nullptr)
            next->previous_mapping = area.previous_mapping;
    }
    area.space = {};
}

/// After a bug nothing but the list says whether it is in there.
[[gnu::noinline, gnu::cold]] void PageSource::unlink_if_found(Area& area) {
    auto const list = mappings_.lock();
    for (Area** link = &list->first; *link != nullptr; link = &(*link)->next_mapping)
        if (*link == &area) {
            *link = area.next_mapping;
            break;
        }
    (void)list->recover();
    area.space = {};
}

void PageSource::leave(Area& area) noexcept {
    try {
        unlink(area);
    } catch (KernelBug const& bug) {
        doom_task(bug.what);
        persist([&] { unlink_if_found(area); });
    }
}

void PageSource::unmap_pages(u64 first, u64 end, Copies copies) {
    Vector<Ref<AddressSpace>> spaces;
    for (;;) {
        usize count = 0;
        {
            auto const list = mappings_.lock();
            for (Area const* area = list->first; area != nullptr; area = area->next_mapping)
                ++count;
            if (count <= spaces.capacity()) {
                for (Area const* area = list->first; area != nullptr; area = area->next_mapping)
                    if (area->space->retain_unless_dying())
                        spaces.push_back(Ref<AddressSpace>::adopt(area->space.raw()));
                break;
            }
        }
        spaces.reserve(count + 4); // not under a spinning lock
    }
    for (auto const& space : spaces)
        space->drop_source_pages(*this, first, end, copies);
}

void AddressSpace::drop_source_pages(PageSource const& source, u64 first, u64 end,
                                     PageSource::Copies copies) {
    // A space in which a bug happened still has the pages.
    auto const contents = state_->contents.lock_even_poisoned();
    for (Area* area = contents->areas.first(); area != nullptr;
         area = contents->areas.next(*area)) {
        u64 const area_end = area->source_page + (area->size() >> page_shift);
        u64 const from = std::max(first, area->source_page);
        u64 const to = std::min(end, area_end);
        if (area->source.raw() != &source || from >= to)
            continue;
        UserAddr const start = area->start + ((from - area->source_page) << page_shift);
        UserAddr const stop = area->start + ((to - area->source_page) << page_shift);
        if (copies == PageSource::Copies::drop)
            contents->drop_pages(start, stop);
        else
            contents->drop_pages_of_source(start, stop);
    }
}

Result<Ref<SharedMemory>> SharedMemory::create(u64 pages) {
    if (pages > managed_pages())
        return fail(Errno::enomem);
    auto memory = Ref<SharedMemory>::adopt(new (std::nothrow) SharedMemory(pages));
    if (!memory)
        return fail(Errno::enomem);
    usize const groups = (pages + frames_per_group - 1) / frames_per_group;
    auto const list = memory->groups_.lock();
    list->reserve(groups);
    while (list->size() < groups)
        list->push_back(Box<Group>());
    return memory;
}

Result<Frame> SharedMemory::page(u64 index, bool) {
    if (index >= pages_)
        return fail(Errno::efault);
    usize const group = index / frames_per_group;
    auto const groups = groups_.lock();
    if (!(*groups)[group])
        (*groups)[group] = TRY(try_make<Group>());
    Frame& frame = (*groups)[group]->frames[index % frames_per_group];
    if (!frame)
        frame = TRY(Frame::allocate(Fill::zeroed, Use::page_cache));
    return frame;
}

Result<void> SharedMemory::punch_pages(u64 first, u64 count) {
    u64 const end = std::min(first + count, pages_);
    {
        auto const groups = groups_.lock();
        for (u64 index = first; index < end; ++index)
            if (auto& group = (*groups)[index / frames_per_group])
                group->frames[index % frames_per_group] = Frame();
    }
    unmap_pages(first, end, Copies::keep);
    return {};
}

bool SharedMemory::has_page(u64 index) {
    auto const groups = groups_.lock();
    if (index >= pages_)
        return false;
    auto const& group = (*groups)[index / frames_per_group];
    return group && group->frames[index % frames_per_group];
}

} // namespace mem
