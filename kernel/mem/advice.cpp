// What madvise asks for beyond dropping pages, and what mincore asks.
#include "kernel/mem/contents.hpp"

#include <algorithm>

namespace mem {

namespace {

/// Every area in [start, end) satisfies `test`; ENOMEM with holes, EINVAL otherwise.
template <class Test>
Result<void> check_areas(AreaMap& areas, UserAddr start, UserAddr end, Test test) {
    for (Area* area = areas.first_after(start); area != nullptr && area->start < end;
         area = areas.next(*area))
        if (!test(*area))
            return fail(Errno::einval);
    if (!areas.covers(start, end))
        return fail(Errno::enomem);
    return {};
}

/// Applies `change` to every area in [start, start+size), cut at both ends.
template <class Change>
Result<void> change_areas(AreaMap& areas, UserAddr start, UserAddr end, Change change) {
    TRY(areas.split(start));
    TRY(areas.split(end));
    for (Area* area = areas.find(start); area != nullptr && area->start < end;
         area = areas.next(*area))
        change(*area);
    areas.merge(start, end);
    return {};
}

bool is_private_anonymous(Area const& area) {
    return !area.source && area.sharing == Sharing::private_copy;
}

} // namespace

Result<void> AddressSpace::set_fork_rule(UserAddr start, u64 size, ForkRule rule) {
    if (size == 0)
        return {};
    UserAddr const end = start + size;
    auto const contents = state_->contents.lock();
    auto& areas = contents->areas;
    TRY(check_areas(areas, start, end, [&](Area const& area) {
        return rule != ForkRule::wipe || is_private_anonymous(area);
    }));
    return change_areas(areas, start, end, [&](Area& area) { area.on_fork = rule; });
}

Result<void> AddressSpace::set_dump_rule(UserAddr start, u64 size, DumpRule rule) {
    if (size == 0)
        return {};
    UserAddr const end = start + size;
    auto const contents = state_->contents.lock();
    TRY(check_areas(contents->areas, start, end, [](Area const&) { return true; }));
    return change_areas(contents->areas, start, end, [&](Area& area) { area.on_dump = rule; });
}

Result<void> AddressSpace::check_anonymous(UserAddr start, u64 size) {
    if (size == 0)
        return {};
    auto const contents = state_->contents.lock();
    return check_areas(contents->areas, start, start + size, is_private_anonymous);
}

Result<void> AddressSpace::punch_source(UserAddr start, u64 size) {
    UserAddr const end = start + size;
    while (start < end) {
        Ref<PageSource> source;
        u64 first = 0;
        u64 pages = 0;
        {
            auto const contents = state_->contents.lock();
            Area const* const area = contents->areas.find(start);
            if (area == nullptr)
                return fail(Errno::enomem);
            if (!area->source)
                return fail(Errno::einval);
            if (area->sharing != Sharing::shared || !area->most_access.has(arch::Access::write))
                return fail(Errno::eacces);
            source = area->source;
            first = area->page_at(start);
            pages = (std::min(area->end, end) - start) >> page_shift;
        }
        TRY(source->punch_pages(first, pages)); // without the lock: it unmaps the pages
        start += pages << page_shift;
    }
    return {};
}

Result<bool> AddressSpace::is_in_memory(UserAddr at) {
    Ref<PageSource> source;
    u64 page = 0;
    {
        auto const contents = state_->contents.lock();
        Area const* const area = contents->areas.find(at);
        if (area == nullptr)
            return fail(Errno::enomem);
        if (contents->table.lookup(at))
            return true;
        if (!area->source)
            return false;
        source = area->source;
        page = area->page_at(at);
    }
    return source->has_page(page);
}

} // namespace mem
