// Page faults: which page belongs at an address, and whether the program may touch it so.
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/contents.hpp"
#include "kernel/mem/out_of_memory.hpp"
#include "kernel/mem/zero_page.hpp"
#include "libs/base/bug.hpp"

namespace mem {

struct AddressSpace::SourceFault {
    UserAddr page;
    arch::AccessFlags wanted;
    Ref<PageSource> source;
    u64 index;
    Sharing sharing;
};

namespace {

using Contents = AddressSpace::Contents;

/// The area at `at`, or the stack above it once it has grown down to there.
Area* area_for(Contents& contents, UserAddr at) {
    Area* const area = contents.areas.first_after(at);
    if (area == nullptr || area->start <= at)
        return area;
    if (!area->grows_down)
        return nullptr;
    UserAddr const start = at.page_down();
    if (start < lowest_map || area->end - start > contents.stack_limit)
        return nullptr;
    Area const* const below = contents.areas.previous(*area);
    u64 const guard = below != nullptr && !below->access.none() ? stack_guard : 0;
    if (below != nullptr && start - below->end < guard)
        return nullptr;
    if (!contents.check_limits(area->start - start, false))
        return nullptr;
    contents.areas.grow_down(*area, start);
    return area;
}

/// As x86 page tables see it: whatever is accessible at all can be read.
bool may_access(Area const& area, arch::AccessFlags wanted) {
    return !area.access.none() && allows(area.page_access(), wanted);
}

/// Gives the program a frame of its own with the contents of `shared`.
Result<Frame> copy_frame(Frame const& shared) {
    if (is_zero_page(shared.address()))
        return Frame::allocate();
    auto own = TRY(Frame::allocate(Fill::any));
    copy_bytes(own.bytes(), shared.bytes());
    return own;
}

/// The page is present, but not for this access.
Verdict widen(Contents& contents, Area const& area, UserAddr page,
              arch::PageTable::Entry const& entry, arch::AccessFlags wanted) {
    bool const private_page = area.sharing == Sharing::private_copy;
    bool const sole = page_of(entry.frame).shares.load() == 1;
    if (private_page && !sole && wanted.has(arch::Access::write)) {
        auto own = copy_frame(Frame::share(entry.frame));
        if (!own)
            return Verdict::out_of_memory;
        contents.replace(page, std::move(*own), area.page_access());
        return Verdict::resolved;
    }
    arch::TlbBatch batch(contents.table);
    contents.table.protect(
        page, private_page ? private_access(area, sole ? 1 : 2) : area.page_access(), batch);
    return Verdict::resolved;
}

/// What is only read so far shares one page of zeros.
Result<void> enter_anonymous(Contents& contents, Area const& area, UserAddr page,
                             arch::AccessFlags wanted) {
    if (!wanted.has(arch::Access::write))
        return contents.enter(page, zero_page(), private_access(area, 2));
    auto frame = TRY(Frame::allocate());
    return contents.enter(page, std::move(frame), area.page_access());
}

Verdict verdict_of(Error const& error) {
    return error.code() == Errno::enomem ? Verdict::out_of_memory : Verdict::beyond_file;
}

} // namespace

Verdict AddressSpace::handle_fault(UserAddr at, arch::AccessFlags wanted) {
    if (at >= arch::user_end)
        return Verdict::not_mapped;
    SourceFault fault{.page = at.page_down(),
                      .wanted = wanted,
                      .source = {},
                      .index = 0,
                      .sharing = Sharing::private_copy};
    {
        auto const contents = state_->contents.lock();
        Area* const area = area_for(*contents, at);
        if (area == nullptr)
            return Verdict::not_mapped;
        if (!may_access(*area, wanted))
            return Verdict::no_access;
        if (auto const entry = contents->table.lookup(fault.page)) {
            if (allows(entry->access, wanted))
                return Verdict::resolved; // another thread was faster
            return widen(*contents, *area, fault.page, *entry, wanted);
        }
        if (!area->source) {
            return enter_anonymous(*contents, *area, fault.page, wanted) ? Verdict::resolved
                                                                         : Verdict::out_of_memory;
        }
        fault.source = area->source;
        fault.index = area->page_at(fault.page);
        fault.sharing = area->sharing;
    }
    return fill_from_source(fault);
}

/// The source may sleep and takes locks of its own, so the space is not locked meanwhile, and
/// everything is looked up again afterwards.
Verdict AddressSpace::fill_from_source(SourceFault const& fault) {
    bool const shared = fault.sharing == Sharing::shared;
    auto frame = fault.source->page(fault.index, shared);
    if (!frame)
        return verdict_of(frame.error());
    bool const copy = !shared && fault.wanted.has(arch::Access::write);
    if (copy) {
        frame = copy_frame(*frame);
        if (!frame)
            return Verdict::out_of_memory;
    }
    auto const contents = state_->contents.lock();
    Area* const area = contents->areas.find(fault.page);
    if (area == nullptr || area->source != fault.source ||
        area->page_at(fault.page) != fault.index || area->sharing != fault.sharing ||
        contents->table.lookup(fault.page))
        return Verdict::resolved; // changed meanwhile: the access is tried again
    // A private page that nobody else seems to hold still belongs to the source.
    auto const access = shared || copy ? area->page_access() : private_access(*area, 2);
    if (!contents->enter(fault.page, std::move(*frame), access))
        return Verdict::out_of_memory;
    return Verdict::resolved;
}

} // namespace mem

bool upcall::user_access_fault(UserAddr at, arch::AccessFlags wanted) {
    auto* const space = mem::AddressSpace::active();
    if (space == nullptr)
        return false;
    for (;;) {
        switch (space->handle_fault(at, wanted)) {
        case mem::Verdict::resolved:
            return true;
        case mem::Verdict::out_of_memory:
            if (mem::out_of_memory() == mem::Relief::give_up)
                return false;
            continue;
        default:
            return false;
        }
    }
}
