// Each size class: its slabs that have free objects, behind one lock.
#include "kernel/mem/slab.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/undo_log.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/persist.hpp"

namespace mem {
namespace {

struct SizeClass {
    u32 partial = 0; ///< slabs with a free object, by frame number
    u32 empty = 0;   ///< how many slabs have all their objects
    usize used = 0;  ///< objects handed out
    usize slabs = 0;
    UndoLog<24> changes;

    bool recover() {
        changes.undo();
        return true;
    }
};

using LockedClass = ksync::IrqLocked<SizeClass, ksync::Rank::heap>;
constinit LockedClass classes[class_count];

/// Slabs of a class that are kept when all their objects are free.
constexpr u32 empty_limit = 1;

std::byte* slab_memory(u32 number) {
    return pointer_to<std::byte>(arch::direct_map(frame_address(number)));
}

void link(SizeClass& owner, u32 number) {
    Page& page = page_of(frame_address(number));
    owner.changes.set(page.previous, 0u);
    owner.changes.set(page.next, owner.partial);
    if (owner.partial != 0)
        owner.changes.set(page_of(frame_address(owner.partial)).previous, number);
    owner.changes.set(owner.partial, number);
}

void unlink(SizeClass& owner, u32 number) {
    Page const& page = page_of(frame_address(number));
    if (page.previous != 0)
        owner.changes.set(page_of(frame_address(page.previous)).next, page.next);
    else
        owner.changes.set(owner.partial, page.next);
    if (page.next != 0)
        owner.changes.set(page_of(frame_address(page.next)).previous, page.previous);
}

/// Makes a slab of a run, all of it free.
void cut_slab(usize index, u32 number) {
    PhysAddr const run = frame_address(number);
    FreeObject* next = nullptr;
    std::byte* const memory = slab_memory(number);
    for (usize i = slab_objects(index); i-- > 0;) {
        // Safe because the memory is fresh and its objects are aligned to their class.
        auto* const object = reinterpret_cast<FreeObject*>(memory + i * class_sizes[index]);
        object->next = next;
        object->set_mark();
        hide(object + 1, class_sizes[index] - sizeof(FreeObject), Hidden::free_object);
        next = object;
    }
    testing::may_fail();
    for (u32 i = 1u << slab_order(index); i-- > 0;) {
        Page& page = page_of(run + i * page_size);
        page.order = static_cast<u8>(index);
        page.next = i == 0 ? 0 : number;
        page.state = i == 0 ? Page::State::slab : Page::State::slab_tail;
    }
    Page& head = page_of(run);
    head.free_objects = next;
    head.shares.store(0, MemoryOrder::relaxed);
}

/// One that is in no list: gives its pages back.
void free_slab(usize index, u32 number) noexcept {
    PhysAddr const start = frame_address(number);
    persist([&] {
        for (u32 i = 1u << slab_order(index); i-- > 0;)
            page_of(start + i * page_size).state =
                i == 0 ? Page::State::run : Page::State::run_tail;
    });
    free_run(start, slab_order(index));
}

u32 slab_of(void const* object) {
    PhysAddr const at = arch::direct_unmap(address_of(object));
    Page const& page = page_of(at);
    return page.state == Page::State::slab ? frame_number(at) : page.next;
}

[[gnu::noinline]] void add_slab(usize index, u32& number) {
    auto owner = classes[index].lock_even_poisoned();
    auto& changes = owner->changes;
    Change change(changes);
    link(*owner, number);
    changes.set(owner->empty, owner->empty + 1);
    changes.set(owner->slabs, owner->slabs + 1);
    changes.set(number, 0u);
    change.keep();
}

/// `count` says how many of `objects` are there.
[[gnu::noinline]] void take_from_slabs(usize index, void** objects, usize wanted, usize& count) {
    auto owner = classes[index].lock_even_poisoned();
    auto& changes = owner->changes;
    Change change(changes);
    while (count < wanted && owner->partial != 0) {
        u32 const number = owner->partial;
        Page& slab = page_of(frame_address(number));
        u32 const out = slab.shares.load(MemoryOrder::relaxed);
        auto* next = static_cast<FreeObject*>(slab.free_objects);
        u32 taken = 0;
        for (; next != nullptr && count + taken < wanted; next = next->next)
            objects[count + taken++] = next;
        if (out == 0)
            changes.set(owner->empty, owner->empty - 1);
        changes.set(slab.free_objects, static_cast<void*>(next));
        changes.set(slab.shares, out + taken);
        if (next == nullptr)
            unlink(*owner, number);
        changes.set(owner->used, owner->used + taken);
        changes.set(count, count + taken);
        change.keep();
    }
}

/// Stops early when a slab has left the class, and says which.
[[gnu::noinline]] void put_into_slabs(usize index, void** objects, u64& count, u64 keep,
                                      u32& leaving) {
    auto owner = classes[index].lock_even_poisoned();
    auto& changes = owner->changes;
    Change change(changes);
    while (count > keep && leaving == 0) {
        auto* const object = static_cast<FreeObject*>(objects[count - 1]);
        u32 const number = slab_of(object);
        Page& slab = page_of(frame_address(number));
        u32 const left = slab.shares.load(MemoryOrder::relaxed) - 1;
        if (slab.free_objects == nullptr)
            link(*owner, number);
        changes.set(object->next, static_cast<FreeObject*>(slab.free_objects));
        changes.set(slab.free_objects, static_cast<void*>(object));
        changes.set(slab.shares, left);
        if (left == 0 && owner->empty < empty_limit)
            changes.set(owner->empty, owner->empty + 1);
        else if (left == 0) {
            unlink(*owner, number);
            changes.set(owner->slabs, owner->slabs - 1);
            changes.set(leaving, number);
        }
        changes.set(owner->used, owner->used - 1);
        changes.set(count, count - 1);
        change.keep();
    }
}

/// Sets `number`, if there is such a slab.
[[gnu::noinline]] void take_empty_slab(usize index, u32& number) {
    auto owner = classes[index].lock_even_poisoned();
    auto& changes = owner->changes;
    Change change(changes);
    for (u32 at = owner->partial; at != 0 && number == 0; at = page_of(frame_address(at)).next)
        if (page_of(frame_address(at)).shares.load(MemoryOrder::relaxed) == 0) {
            unlink(*owner, at);
            changes.set(owner->slabs, owner->slabs - 1);
            changes.set(owner->empty, owner->empty - 1);
            changes.set(number, at);
        }
    change.keep();
}

} // namespace

usize take_objects(usize index, void** objects, usize wanted) noexcept {
    usize count = 0;
    u32 fresh = 0; // a slab that is in no list yet
    persist([&] {
        take_from_slabs(index, objects, wanted, count);
        if (count != 0)
            return; // some will do for now
        if (fresh == 0) {
            // Without the lock: the frame allocator may reclaim, which may free objects.
            auto const run = allocate_run(slab_order(index), Fill::any, Use::heap);
            if (!run)
                return;
            fresh = frame_number(*run);
        }
        cut_slab(index, fresh);
        add_slab(index, fresh);
        take_from_slabs(index, objects, wanted, count);
    });
    if (fresh != 0)
        free_slab(index, fresh);
    return count;
}

void put_objects(usize index, void** objects, u64& count, u64 keep) noexcept {
    while (count > keep) {
        u32 leaving = 0;
        if (!persist([&] { put_into_slabs(index, objects, count, keep, leaving); }))
            --count; // lost
        if (leaving != 0)
            free_slab(index, leaving);
    }
}

SlabUse slab_use(usize index) {
    auto const owner = classes[index].lock_even_poisoned();
    return {owner->used, owner->slabs};
}

usize slab_bytes_used() {
    usize bytes = 0;
    for (usize i = 0; i < class_count; ++i)
        bytes += slab_use(i).objects * class_sizes[i];
    return bytes;
}

void free_empty_slabs() noexcept {
    for (usize i = 0; i < class_count; ++i)
        for (u32 number = 0;; number = 0) {
            persist([&] {
                if (number == 0)
                    take_empty_slab(i, number);
            });
            if (number == 0)
                break;
            free_slab(i, number);
        }
}

void reset_slabs() noexcept {
    for (auto& owner : classes)
        *owner.lock_even_poisoned() = SizeClass();
}

} // namespace mem
