// Creating, mapping, unmapping and protecting: the calls that change areas.
#include "kernel/mem/address_space.hpp"

#include "kernel/mem/contents.hpp"
#include "kernel/mem/heap.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace mem {
namespace {

/// Splits one random number into independent ones (splitmix64).
u64 next_random(u64& state) {
    state += 0x9e37'79b9'7f4a'7c15;
    u64 mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
    return mixed ^ (mixed >> 31);
}

u64 random_pages(u64& state, u32 bits) {
    return (next_random(state) & ((u64{1} << bits) - 1)) << page_shift;
}

/// Numbers of random bits are those of Linux on x86-64.
Layout draw_layout(u64 random) {
    constexpr u64 stack_random = u64{1} << 34;
    constexpr u64 largest_stack = 8_MiB;
    Layout layout{};
    layout.stack_top = arch::user_end - random_pages(random, 22);
    layout.map_top =
        arch::user_end - (largest_stack + stack_random + stack_guard) - random_pages(random, 28);
    layout.program_base =
        UserAddr(align_down(arch::user_end.value() / 3 * 2, page_size) + random_pages(random, 28));
    layout.break_offset = random_pages(random, 13);
    return layout;
}

bool is_range(UserAddr start, u64 size) {
    return start.is_page_aligned() && size <= arch::user_end.value() &&
           start.value() <= arch::user_end.value() - size;
}

} // namespace

Result<Ref<AddressSpace>> AddressSpace::create(u64 random) {
    return create_with(draw_layout(random));
}

Result<Ref<AddressSpace>> AddressSpace::create_with(Layout const& layout) {
    auto table = TRY(arch::PageTable::create());
    auto space = Ref<AddressSpace>::adopt(new (std::nothrow) AddressSpace);
    if (!space)
        return fail(Errno::enomem);
    auto state = TRY(try_make<State>(space.raw(), std::move(table), layout));
    space->state_again_ = state.raw();
    space->state_ = state.raw();
    (void)state.release();
    return space;
}

AddressSpace::~AddressSpace() {
    persist([this] {
        if (state_ != state_again_.raw() && is_heap_object(state_again_.raw()))
            state_ = state_again_.raw();
        state_again_ = {};
        delete owned::exchange(state_, nullptr);
    });
}

Layout AddressSpace::layout() {
    return state_->contents.lock()->layout;
}

Result<UserAddr> AddressSpace::map(MapRequest request) {
    u64 const size = align_up(request.size, page_size);
    if (request.size == 0)
        return fail(Errno::einval);
    if (size == 0 || size > arch::user_end.value())
        return fail(Errno::enomem);
    bool const exact = request.place != MapRequest::Place::anywhere;
    if (exact && !request.at.is_page_aligned())
        return fail(Errno::einval);
    if (exact && !is_range(request.at, size))
        return fail(Errno::enomem);
    if (!allows(request.most_access, request.access))
        return fail(Errno::eacces);
    if (request.sharing == Sharing::shared && !request.source)
        request.source = TRY(SharedMemory::create(size >> page_shift));
    if (request.source && request.source_page + (size >> page_shift) < request.source_page)
        return fail(Errno::eoverflow);

    auto area = TRY(try_make<Area>());
    area->access = request.access;
    area->most_access = request.most_access;
    area->sharing = request.sharing;
    area->source = std::move(request.source);
    area->source_page = request.source_page;
    area->grows_down = request.grows_down;
    area->label = request.label;

    UserAddr at = request.at;
    RemovedAreas removed;
    {
        auto const contents = state_->contents.lock();
        TRY(contents->check_limits(size, area->is_private_writable() && !area->grows_down));
        if (!exact) {
            auto const place = contents->find_place(request.at.page_down(), size);
            if (!place)
                return fail(Errno::enomem);
            at = *place;
        } else if (request.place == MapRequest::Place::exact_fresh) {
            if (contents->areas.any_in(at, at + size))
                return fail(Errno::eexist);
        } else {
            TRY(contents->remove_range(at, at + size, removed));
        }
        area->start = at;
        area->end = at + size;
        contents->areas.insert(std::move(area));
        contents->areas.merge(at, at + size);
    }
    if (request.populate)
        populate(at, size, request.access);
    return at;
}

/// MAP_POPULATE: as far as it goes; what fails shows when the page is touched.
void AddressSpace::populate(UserAddr start, u64 size, arch::AccessFlags access) {
    if (access.none())
        return;
    auto const wanted = access.has(arch::Access::write) ? arch::Access::write : arch::Access::read;
    for (u64 done = 0; done < size; done += page_size)
        if (handle_fault(start + done, wanted) != Verdict::resolved)
            return;
}

Result<void> AddressSpace::unmap(UserAddr start, u64 size) {
    size = align_up(size, page_size);
    if (size == 0 || !is_range(start, size))
        return fail(Errno::einval);
    RemovedAreas removed;
    return state_->contents.lock()->remove_range(start, start + size, removed);
}

Result<void> AddressSpace::protect(UserAddr start, u64 size, arch::AccessFlags access) {
    if (!start.is_page_aligned())
        return fail(Errno::einval);
    size = align_up(size, page_size);
    if (size == 0)
        return {};
    if (!is_range(start, size))
        return fail(Errno::enomem);
    UserAddr const end = start + size;
    auto const contents = state_->contents.lock();
    auto& areas = contents->areas;
    // As on Linux, what lies before the first hole or refusal changes all the same.
    UserAddr stop = start;
    bool allowed = true;
    for (Area* area = areas.find(start); area != nullptr && area->start <= stop && stop < end;
         area = areas.next(*area)) {
        allowed = allows(area->most_access, access);
        if (!allowed)
            break;
        stop = std::min(area->end, end);
    }
    TRY(areas.split(start));
    TRY(areas.split(stop));
    for (Area* area = areas.find(start); area != nullptr && area->start < stop;
         area = areas.next(*area)) {
        area->access = access;
        contents->update_access(*area, area->start, area->end);
    }
    areas.merge(start, stop);
    if (!allowed)
        return fail(Errno::eacces);
    if (stop < end)
        return fail(Errno::enomem);
    return {};
}

Result<void> AddressSpace::discard(UserAddr start, u64 size) {
    if (!start.is_page_aligned())
        return fail(Errno::einval);
    size = align_up(size, page_size);
    if (!is_range(start, size))
        return fail(Errno::enomem);
    auto const contents = state_->contents.lock();
    contents->drop_pages(start, start + size);
    if (size != 0 && !contents->areas.covers(start, start + size))
        return fail(Errno::enomem);
    return {};
}

void AddressSpace::set_break_start(UserAddr start) {
    auto const contents = state_->contents.lock();
    contents->break_start = start;
    contents->break_end = start;
}

UserAddr AddressSpace::break_start() {
    return state_->contents.lock()->break_start;
}

UserAddr AddressSpace::set_break(UserAddr wanted) {
    RemovedAreas removed;
    auto const contents = state_->contents.lock();
    UserAddr const old = contents->break_end;
    if (wanted < contents->break_start || wanted >= arch::user_end)
        return old;
    UserAddr const old_end = old.page_up();
    UserAddr const new_end = wanted.page_up();
    if (new_end < old_end) {
        if (!contents->remove_range(new_end, old_end, removed))
            return old;
    } else if (new_end > old_end) {
        u64 const size = new_end - old_end;
        auto area = try_make<Area>();
        if (!area || !contents->check_limits(size, true) ||
            !contents->areas.find_gap(size, old_end, new_end, stack_guard))
            return old;
        (*area)->start = old_end;
        (*area)->end = new_end;
        constexpr auto access = arch::Access::read | arch::Access::write;
        (*area)->access = access;
        (*area)->most_access = access | arch::Access::execute;
        (*area)->label = "[heap]";
        contents->areas.insert(std::move(*area));
        contents->areas.merge(old_end, new_end);
    }
    contents->break_end = wanted;
    return wanted;
}

void AddressSpace::set_limits(u64 address_bytes, u64 stack_bytes, u64 data_bytes) {
    auto const contents = state_->contents.lock();
    contents->address_limit = address_bytes;
    contents->stack_limit = stack_bytes;
    contents->data_limit = data_bytes;
}

} // namespace mem
