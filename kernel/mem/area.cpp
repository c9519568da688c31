// The ordered map of areas: lookup, splitting, joining, and finding gaps.
#include "kernel/mem/area.hpp"

#include "libs/base/bug.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mem {

Result<Box<Area>> Area::like(UserAddr from, UserAddr to, u64 first_page) const {
    auto area = TRY(try_make<Area>());
    area->start = from;
    area->end = to;
    area->access = access;
    area->most_access = most_access;
    area->sharing = sharing;
    area->grows_down = grows_down;
    area->on_fork = on_fork;
    area->on_dump = on_dump;
    area->source = source;
    area->source_page = first_page;
    area->label = label;
    return area;
}

bool Area::continues_as(Area const& next) const {
    return end == next.start && access == next.access && most_access == next.most_access &&
           sharing == next.sharing && !grows_down && !next.grows_down && on_fork == next.on_fork &&
           on_dump == next.on_dump && source == next.source &&
           (!source || page_at(end) == next.source_page) && std::string_view(label) == next.label;
}

Area* AreaMap::first_after(UserAddr at) {
    if (found_ != nullptr && found_->start <= at && at < found_->end)
        return found_;
    auto next = areas_.upper_bound(at); // the first that starts after `at`
    if (next != areas_.begin()) {
        auto const before = std::prev(next);
        if (before->end > at)
            return found_ = &*before;
    }
    return next == areas_.end() ? nullptr : &*next;
}

Area* AreaMap::find(UserAddr at) {
    Area* const area = first_after(at);
    return area != nullptr && area->start <= at ? area : nullptr;
}

Area* AreaMap::next(Area& area) {
    auto const at = std::next(Set::s_iterator_to(area));
    return at == areas_.end() ? nullptr : &*at;
}

Area* AreaMap::previous(Area& area) {
    auto const at = Set::s_iterator_to(area);
    return at == areas_.begin() ? nullptr : &*std::prev(at);
}

Area* AreaMap::first() {
    return areas_.empty() ? nullptr : &*areas_.begin();
}

bool AreaMap::any_in(UserAddr start, UserAddr end) {
    Area const* const area = first_after(start);
    return area != nullptr && area->start < end;
}

bool AreaMap::covers(UserAddr start, UserAddr end) {
    Area* area = find(start);
    while (area != nullptr && area->end < end) {
        Area* const after = next(*area);
        area = after != nullptr && after->start == area->end ? after : nullptr;
    }
    return area != nullptr;
}

void AreaMap::join_source(Area& area) {
    area.space = space_;
    if (!area.source)
        return;
    auto const list = area.source->mappings_.lock_even_poisoned();
    area.previous_mapping = nullptr;
    area.next_mapping = list->first;
    if (list->first != nullptr)
        list->first->previous_mapping = &area;
    list->first = &area;
}

void AreaMap::leave_source(Area& area) noexcept {
    if (!area.source)
        return;
    auto const list = area.source->mappings_.lock_even_poisoned();
    if (area.previous_mapping != nullptr)
        area.previous_mapping->next_mapping = area.next_mapping;
    else
        list->first = area.next_mapping;
    if (area.next_mapping != nullptr)
        area.next_mapping->previous_mapping = area.previous_mapping;
}

void AreaMap::insert(Box<Area> area) {
    ensure(area->start < area->end && area->start.is_page_aligned() && area->end.is_page_aligned(),
           "malformed area");
    ensure(!any_in(area->start, area->end), "areas overlap");
    mapped_ += area->size();
    join_source(*area);
    areas_.insert(*area.release());
}

Box<Area> AreaMap::remove(Area& area) noexcept {
    if (found_ == &area)
        found_ = nullptr;
    areas_.erase(Set::s_iterator_to(area));
    leave_source(area);
    mapped_ -= area.size();
    return Box<Area>(&area);
}

Result<void> AreaMap::split(UserAddr at) {
    Area* const area = find(at);
    if (area == nullptr || area->start == at)
        return {};
    auto upper = TRY(area->like(at, area->end, area->page_at(at)));
    upper->grows_down = false; // what grows is the lower part
    area->end = at;
    mapped_ -= upper->size();
    insert(std::move(upper));
    return {};
}

void AreaMap::merge(UserAddr start, UserAddr end) noexcept {
    Area* area = first_after(start.value() == 0 ? start : start - 1);
    while (area != nullptr && area->start <= end) {
        Area* const after = next(*area);
        if (after == nullptr || after->start > end)
            return;
        if (!area->continues_as(*after)) {
            area = after;
            continue;
        }
        auto const joined = remove(*after);
        area->end = joined->end;
        mapped_ += joined->size();
    }
}

void AreaMap::grow_down(Area& area, UserAddr start) {
    ensure(start < area.start && !any_in(start, area.start), "no room to grow");
    mapped_ += area.start - start;
    area.start = start; // the order does not change
}

std::optional<UserAddr> AreaMap::find_gap(u64 size, UserAddr bottom, UserAddr top, u64 guard) {
    if (top < bottom || top - bottom < size)
        return std::nullopt;
    UserAddr ceiling = top;
    auto next = areas_.lower_bound(top); // the first that starts at or after `top`
    if (next != areas_.end() && next->grows_down && next->start - top < guard)
        ceiling = next->start.value() > guard ? next->start - guard : UserAddr();
    while (true) {
        UserAddr const floor =
            next == areas_.begin() ? bottom : std::max(bottom, std::prev(next)->end);
        if (ceiling >= floor && ceiling - floor >= size)
            return ceiling - size;
        if (next == areas_.begin())
            return std::nullopt;
        --next;
        u64 const keep = next->grows_down ? guard : 0;
        UserAddr const below = next->start.value() > keep ? next->start - keep : UserAddr();
        ceiling = std::min(ceiling, below);
        if (ceiling < bottom)
            return std::nullopt;
    }
}

void AreaMap::clear() noexcept {
    found_ = nullptr;
    areas_.clear_and_dispose([this](Area* area) {
        leave_source(*area);
        delete area;
    });
    mapped_ = 0;
}

} // namespace mem
