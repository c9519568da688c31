// What core dumps take of an address space.
#include "kernel/mem/contents.hpp"
#include "kernel/mem/zero_page.hpp"

namespace mem {

namespace {

/// Whether the area has pages of its own, not the zeros or a file's page that it began with.
bool has_own_pages(arch::PageTable const& table, Area const& area) {
    bool found = false;
    table.for_each(area.start, area.end, [&](UserAddr, arch::PageTable::Entry const& entry) {
        Page const* const page = find_page(entry.frame);
        found |= page != nullptr && page->use != Use::page_cache && !is_zero_page(entry.frame);
    });
    return found;
}

bool is_shared_memory(Area const& area) {
    return area.source && area.source->inode_number() == 0;
}

} // namespace

Vector<DumpRange> AddressSpace::dump_ranges() {
    Vector<DumpRange> ranges;
    usize count = 0;
    for (;;) {
        {
            auto const contents = state_->contents.lock();
            auto& areas = contents->areas;
            count = areas.count();
            if (count <= ranges.capacity()) {
                for (Area* area = areas.first(); area != nullptr; area = areas.next(*area)) {
                    bool const wanted = area->on_dump == DumpRule::include;
                    bool const own = area->sharing == Sharing::private_copy
                                         ? has_own_pages(contents->table, *area)
                                         : is_shared_memory(*area);
                    ranges.push_back({area->start, area->end, area->access, wanted && own,
                                      wanted && area->source && area->source_page == 0});
                }
                return ranges;
            }
        }
        ranges.reserve(count + 8); // not under the lock
    }
}

Frame AddressSpace::dump_page(UserAddr page) {
    Ref<PageSource> source;
    u64 index = 0;
    {
        auto const contents = state_->contents.lock();
        if (auto const entry = contents->table.lookup(page))
            return is_zero_page(entry->frame) ? Frame() : Frame::share(entry->frame);
        Area const* const area = contents->areas.find(page);
        if (area == nullptr || !area->source)
            return {};
        source = area->source;
        index = area->page_at(page);
    }
    if (source->inode_number() == 0 && !source->has_page(index))
        return {};
    auto got = source->page(index, false);
    return got ? std::move(*got) : Frame();
}

} // namespace mem
