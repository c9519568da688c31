// mremap: growing, shrinking and moving areas with their pages.
#include "kernel/mem/contents.hpp"
#include "libs/base/scope.hpp"

#include <algorithm>

namespace mem {
namespace {

using Contents = AddressSpace::Contents;

/// Enters the pages of [from, from+size) at `to` as well; on failure takes them out again.
Result<void> enter_again(Contents& contents, UserAddr from, UserAddr to, u64 size) {
    Undo undo([&] { contents.drop_pages(to, to + size); });
    Result<void> done;
    contents.table.for_each(
        from, from + size, [&](UserAddr page, arch::PageTable::Entry const& entry) {
            if (done)
                done = contents.enter(to + (page - from), Frame::share(entry.frame), entry.access);
        });
    if (done)
        undo.keep();
    return done;
}

/// The range is one whole area from here on, and [to, to+new_size) is free. ENOMEM changes nothing.
Result<void> move_area(Contents& contents, Area& old, UserAddr to, u64 new_size,
                       RemovedAreas& removed) {
    auto area = TRY(old.like(to, to + new_size, old.source_page));
    Area& fresh = *area;
    contents.areas.insert(std::move(area)); // before its pages, which always lie in an area
    if (auto entered = enter_again(contents, old.start, to, std::min(old.size(), new_size));
        !entered) {
        removed.add(contents.areas.remove(fresh));
        return entered;
    }
    contents.drop_pages(old.start, old.end);
    removed.add(contents.areas.remove(old));
    contents.areas.merge(to, to + new_size);
    return {};
}

/// Old size 0: the pages of a shared area from `start` on appear at `to` as well.
Result<void> map_again(Contents& contents, Area& area, UserAddr start, UserAddr to, u64 size) {
    auto twin = TRY(area.like(to, to + size, area.page_at(start)));
    contents.areas.insert(std::move(twin));
    contents.areas.merge(to, to + size);
    return {};
}

bool can_grow_in_place(Contents& contents, Area const& area, UserAddr old_end, UserAddr new_end) {
    return area.end == old_end && new_end <= arch::user_end &&
           contents.areas.find_gap(new_end - old_end, old_end, new_end, stack_guard).has_value();
}

} // namespace

Result<UserAddr> AddressSpace::remap(UserAddr start, u64 old_size, u64 new_size, MoveRule rule,
                                     UserAddr to) {
    old_size = align_up(old_size, page_size);
    new_size = align_up(new_size, page_size);
    u64 const limit = arch::user_end.value();
    if (!start.is_page_aligned() || new_size == 0 || new_size > limit)
        return fail(Errno::einval);
    if (old_size > limit || start.value() > limit - old_size)
        return fail(Errno::efault);
    UserAddr const old_end = start + old_size;
    if (rule == MoveRule::exact) {
        if (!to.is_page_aligned() || to.value() > limit - new_size)
            return fail(Errno::einval);
        if (to < old_end && start < to + new_size)
            return fail(Errno::einval);
    }

    RemovedAreas removed;
    auto const contents = state_->contents.lock();
    auto& areas = contents->areas;
    Area* area = areas.find(start);
    if (area == nullptr || area->end < old_end)
        return fail(Errno::efault);
    if (old_size == 0 && area->sharing != Sharing::shared)
        return fail(Errno::einval);

    if (rule != MoveRule::exact && new_size <= old_size) {
        if (new_size < old_size)
            TRY(contents->remove_range(start + new_size, old_end, removed));
        return start;
    }
    if (new_size > old_size)
        TRY(contents->check_limits(new_size - old_size, area->is_private_writable()));
    if (rule != MoveRule::exact && can_grow_in_place(*contents, *area, old_end, start + new_size)) {
        auto more = TRY(area->like(old_end, start + new_size, area->page_at(old_end)));
        areas.insert(std::move(more));
        areas.merge(old_end, old_end);
        return start;
    }
    if (rule == MoveRule::in_place)
        return fail(Errno::enomem);
    if (rule == MoveRule::may_move) {
        auto const place = contents->find_place(UserAddr(), new_size);
        if (!place)
            return fail(Errno::enomem);
        to = *place;
    } else {
        TRY(contents->remove_range(to, to + new_size, removed));
    }
    if (old_size == 0) {
        TRY(map_again(*contents, *areas.find(start), start, to, new_size));
        return to;
    }
    TRY(areas.split(start));
    TRY(areas.split(old_end));
    area = areas.find(start); // splitting at `start` made a new one
    TRY(move_area(*contents, *area, to, new_size, removed));
    return to;
}

} // namespace mem
