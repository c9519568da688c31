// Looking at an address space: descriptions, statistics, identities, and copies from outside.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/mem/contents.hpp"

#include <algorithm>

namespace mem {

bool AddressSpace::covered(UserAddr start, u64 size) {
    return size == 0 || state_->contents.lock()->areas.covers(start, start + size);
}

Result<AddressSpace::Identity> AddressSpace::identify(UserAddr at) {
    auto const contents = state_->contents.lock();
    Area const* const area = contents->areas.find(at);
    if (area == nullptr)
        return fail(Errno::efault);
    if (area->sharing == Sharing::private_copy)
        return Identity{.object = this, .offset = at.value()};
    return Identity{.object = area->source.raw(),
                    .offset = (area->page_at(at) << page_shift) + at.page_offset()};
}

/// Sources give their names without the lock: a path takes locks that come before it.
void AddressSpace::for_each_area(FunctionRef<void(AreaDescription const&)> visit) {
    struct Copy {
        UserAddr start, end;
        arch::AccessFlags access;
        Sharing sharing;
        Ref<PageSource> source;
        u64 page;
        char const* label;
    };

    Vector<Copy> copies;
    for (;;) {
        usize count = 0;
        {
            auto const contents = state_->contents.lock();
            count = contents->areas.count();
            if (count <= copies.capacity()) {
                for (Area* area = contents->areas.first(); area != nullptr;
                     area = contents->areas.next(*area))
                    copies.push_back({area->start, area->end, area->access, area->sharing,
                                      area->source, area->source_page, area->label});
                break;
            }
        }
        copies.reserve(count + 8); // not under the lock
    }
    for (Copy const& copy : copies)
        visit({.start = copy.start,
               .end = copy.end,
               .access = copy.access,
               .sharing = copy.sharing,
               .offset = copy.source ? copy.page << page_shift : 0,
               .device = copy.source ? copy.source->device_number() : 0,
               .inode = copy.source ? copy.source->inode_number() : 0,
               .name = copy.source ? copy.source->name() : String(copy.label)});
}

MemoryUse AddressSpace::use() {
    auto const contents = state_->contents.lock();
    MemoryUse use{};
    use.mapped = contents->areas.mapped_bytes();
    use.resident = contents->resident * page_size;
    use.peak_resident = contents->peak_resident * page_size;
    use.shared = contents->resident_shared * page_size;
    for (Area* area = contents->areas.first(); area != nullptr;
         area = contents->areas.next(*area)) {
        if (area->grows_down)
            use.stack += area->size();
        else if (area->is_private_writable())
            use.data += area->size();
        else if (area->access.has(arch::Access::execute))
            use.text += area->size();
    }
    return use;
}

namespace {

/// Calls piece(bytes of the page of `at`) once they may be accessed so; false if they may not.
/// Under the lock: after a fork a page that was this space's own is another's, too.
template <class Piece>
bool on_page(AddressSpace& space, AddressSpace::State& state, UserAddr at, arch::Access wanted,
             Piece piece) {
    do {
        auto const contents = state.contents.lock();
        auto const entry = contents->table.lookup(at.page_down());
        if (entry && entry->access.has(wanted)) {
            piece(Frame::share(entry->frame).bytes());
            return true;
        }
    } while (space.handle_fault(at, wanted) == Verdict::resolved);
    return false;
}

/// Calls piece(bytes of one page, offset into the whole) for as many pages as can be had.
template <class Piece>
usize for_each_piece(AddressSpace& space, AddressSpace::State& state, UserAddr at, usize size,
                     arch::Access wanted, Piece piece) {
    usize done = 0;
    while (done < size) {
        UserAddr const here = at + done;
        usize const count = std::min(size - done, page_size - here.page_offset());
        bool const inside = here >= at && here < arch::user_end;
        if (!inside || !on_page(space, state, here, wanted, [&](Bytes page) {
                piece(page.subspan(here.page_offset(), count), done);
            }))
            break;
        done += count;
    }
    return done;
}

} // namespace

usize AddressSpace::copy_out(UserAddr to, ConstBytes from) {
    return for_each_piece(
        *this, *state_, to, from.size(), arch::Access::write,
        [&](Bytes memory, usize done) { copy_bytes(memory, from.subspan(done, memory.size())); });
}

usize AddressSpace::copy_in(Bytes to, UserAddr from) {
    return for_each_piece(
        *this, *state_, from, to.size(), arch::Access::read,
        [&](Bytes memory, usize done) { copy_bytes(to.subspan(done, memory.size()), memory); });
}

namespace {

/// Which space each CPU's page table belongs to.
constinit Atomic<AddressSpace*> active_spaces[arch::max_cpus];

} // namespace

void AddressSpace::activate() {
    arch::InterruptsOff const off;
    active_spaces[arch::cpu_index()].store(this, MemoryOrder::relaxed);
    state_->table.activate();
}

AddressSpace* AddressSpace::active() {
    arch::InterruptsOff const off;
    return active_spaces[arch::cpu_index()].load(MemoryOrder::relaxed);
}

void AddressSpace::deactivate() {
    arch::InterruptsOff const off;
    active_spaces[arch::cpu_index()].store(nullptr, MemoryOrder::relaxed);
    arch::PageTable::activate_kernel();
}

} // namespace mem
