// fork: a copy-on-write copy of an address space.
#include "kernel/mem/contents.hpp"
#include "kernel/mem/zero_page.hpp"

namespace mem {
namespace {

/// Enters the present pages of a private area into the child, and takes write access from both.
/// Pages of shared areas come from their source again.
Result<void> share_pages(AddressSpace::Contents& parent, AddressSpace::Contents& child,
                         Area const& area, arch::TlbBatch& batch) {
    Result<void> done;
    i64 pages = 0;
    i64 of_sources = 0;
    auto const access = private_access(area, 2);
    parent.table.for_each(
        area.start, area.end, [&](UserAddr page, arch::PageTable::Entry const& entry) {
            if (!done)
                return;
            if (entry.access.has(arch::Access::write))
                parent.table.protect(page, access, batch);
            Page& shared = page_of(entry.frame);
            done = child.enter_uncounted(page, Frame::share(entry.frame, shared), access);
            if (!done || is_zero_page(entry.frame))
                return;
            ++pages;
            of_sources += shared.use == Use::page_cache ? 1 : 0;
        });
    child.count_pages(pages, of_sources);
    return done;
}

} // namespace

/// When it fails half-way the parent has only lost write access to pages that it alone holds, which
/// the next fault gives back.
Result<Ref<AddressSpace>> AddressSpace::clone() {
    auto child = TRY(create_with(layout()));
    auto const both = ksync::lock_pair(state_->contents, child->state_->contents);
    auto& parent = both.first();
    auto& inside = both.second();
    inside.break_start = parent.break_start;
    inside.break_end = parent.break_end;
    inside.address_limit = parent.address_limit;
    inside.stack_limit = parent.stack_limit;
    inside.data_limit = parent.data_limit;
    arch::TlbBatch batch(parent.table);
    for (Area* area = parent.areas.first(); area != nullptr; area = parent.areas.next(*area)) {
        if (area->on_fork == ForkRule::leave_out)
            continue;
        auto copy = TRY(area->like(area->start, area->end, area->source_page));
        Area const& made = *copy;
        inside.areas.insert(std::move(copy));
        if (made.sharing == Sharing::private_copy && made.on_fork != ForkRule::wipe)
            TRY(share_pages(parent, inside, made, batch));
    }
    return child;
}

} // namespace mem
