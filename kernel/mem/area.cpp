// The ordered map of areas: lookup, splitting, joining, and finding gaps.
#include "kernel/mem/area.hpp"

#include "kernel/mem/testing.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/persist.hpp"
#include "libs/base/scope.hpp"

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

bool Area::continues_as(Area const& other) const {
    return end == other.start && access == other.access && most_access == other.most_access &&
           sharing == other.sharing && !grows_down && !other.grows_down &&
           on_fork == other.on_fork && on_dump == other.on_dump && source == other.source &&
           (!source || page_at(end) == other.source_page) && std::string_view(label) == other.label;
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

void AreaMap::insert(Box<Area> area) {
    Area& fresh = *area;
    ensure(fresh.start < fresh.end && fresh.start.is_page_aligned() && fresh.end.is_page_aligned(),
           "malformed area");
    auto const after = areas_.upper_bound(fresh.start);
    Area* const next = after != areas_.end() ? &*after : nullptr;
    fresh.previous = after != areas_.begin() ? &*std::prev(after) : nullptr;
    fresh.next = next;
    ensure((next == nullptr || fresh.end <= next->start) &&
               (fresh.previous == nullptr || fresh.previous->end <= fresh.start),
           "areas overlap");
    if (fresh.source)
        fresh.source->join(fresh, space_.raw());
    try {
        link_to(fresh) = &fresh; // from here on it is in the map
        testing::may_fail();
        (void)area.release();
        if (next != nullptr)
            next->previous = &fresh;
        testing::may_fail();
        areas_.insert_before(after, fresh);
        mapped_ += fresh.size();
    } catch (...) {
        if (link_to(fresh) == &fresh)
            (void)area.release();
        throw;
    }
}

Box<Area> AreaMap::remove(Area& area) {
    if (found_ == &area)
        found_ = nullptr;
    Area* const next = area.next;
    link_to(area) = next; // from here on it is in no map
    try {
        testing::may_fail();
        if (next != nullptr)
            next->previous = area.previous;
        areas_.erase(Set::s_iterator_to(area));
        mapped_ -= area.size();
        if (area.space)
            area.source->leave(area);
    } catch (...) {
        delete &area;
        throw;
    }
    return Box<Area>(&area);
}

Result<void> AreaMap::split(UserAddr at) {
    Area* const area = find(at);
    if (area == nullptr || area->start == at)
        return {};
    auto upper = TRY(area->like(at, area->end, area->page_at(at)));
    upper->grows_down = false; // what grows is the lower part
    UserAddr const end = owned::exchange(area->end, at);
    Undo undo([&] {
        if (area->next == nullptr || area->next->start != at)
            area->end = end; // the upper part is not in the map
    });
    mapped_ -= end - at;
    insert(std::move(upper));
    undo.keep();
    return {};
}

void AreaMap::merge(UserAddr start, UserAddr end) {
    Area* area = first_after(start.value() == 0 ? start : start - 1);
    while (area != nullptr && area->start <= end) {
        Area* const after = next(*area);
        if (after == nullptr || after->start > end)
            return;
        if (!area->continues_as(*after)) {
            area = after;
            continue;
        }
        area->end = after->end; // no page is ever without an area
        auto const joined = remove(*after);
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
    persist([this] {
        found_ = nullptr;
        areas_.clear();
        while (Area* const area = first_) {
            testing::may_fail();
            first_ = area->next;
            delete area; // which leaves its source
        }
        mapped_ = 0;
    });
}

void AreaMap::rebuild() {
    found_ = nullptr;
    areas_.clear();
    mapped_ = 0;
    Area* previous = nullptr;
    for (Area* area = first_; area != nullptr; area = area->next) {
        area->previous = previous;
        if (previous != nullptr && previous->end > area->start) { // they were to be joined
            mapped_ -= previous->end - area->start;
            previous->end = area->start;
        }
        areas_.insert_before(areas_.end(), *area);
        mapped_ += area->size();
        previous = area;
    }
}

} // namespace mem
