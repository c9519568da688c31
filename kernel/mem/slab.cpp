// Each size class: its slabs that have free objects, behind one lock.
#include "kernel/mem/slab.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

namespace mem {
namespace {

struct SizeClass {
    u32 partial = 0; ///< slabs with a free object, by frame number
    u32 empty = 0;   ///< how many slabs have all their objects
    usize used = 0;  ///< objects handed out
    usize slabs = 0;
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
    page.previous = 0;
    page.next = owner.partial;
    if (owner.partial != 0)
        page_of(frame_address(owner.partial)).previous = number;
    owner.partial = number;
}

void unlink(SizeClass& owner, u32 number) {
    Page& page = page_of(frame_address(number));
    if (page.previous != 0)
        page_of(frame_address(page.previous)).next = page.next;
    else
        owner.partial = page.next;
    if (page.next != 0)
        page_of(frame_address(page.next)).previous = page.previous;
    page.next = page.previous = 0;
}

/// A new slab, all of it free; 0 when out of memory.
u32 make_slab(usize index) {
    u32 const order = slab_order(index);
    auto const run = allocate_run(order, Fill::any, Use::heap);
    if (!run)
        return 0;
    u32 const number = frame_number(*run);
    for (u32 i = 0; i < 1u << order; ++i) {
        Page& page = page_of(*run + i * page_size);
        page.state = i == 0 ? Page::State::slab : Page::State::slab_tail;
        page.order = static_cast<u8>(index);
        page.next = i == 0 ? 0 : number;
    }
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
    Page& head = page_of(*run);
    head.free_objects = next;
    head.shares.store(0, std::memory_order_relaxed);
    return number;
}

/// One that is in no list any more.
void free_slab(SizeClass& owner, usize index, u32 number) {
    --owner.slabs;
    PhysAddr const start = frame_address(number);
    for (u32 i = 0; i < 1u << slab_order(index); ++i)
        page_of(start + i * page_size).state = i == 0 ? Page::State::run : Page::State::run_tail;
    free_run(start, slab_order(index));
}

u32 slab_of(void const* object) {
    PhysAddr const at = arch::direct_unmap(address_of(object));
    Page const& page = page_of(at);
    return page.state == Page::State::slab ? frame_number(at) : page.next;
}

} // namespace

VITAL usize take_objects(usize index, void** objects, usize wanted) noexcept {
    usize count = 0;
    auto owner = classes[index].lock_even_poisoned();
    while (count < wanted) {
        u32 number = owner->partial;
        if (number == 0) {
            if (count != 0)
                break;      // some will do for now
            owner.unlock(); // the frame allocator may reclaim, which may free objects
            number = make_slab(index);
            owner.relock();
            if (number == 0)
                break;
            link(*owner, number);
            ++owner->empty;
            ++owner->slabs;
        }
        Page& slab = page_of(frame_address(number));
        if (slab.shares.load(std::memory_order_relaxed) == 0)
            --owner->empty;
        auto* next = static_cast<FreeObject*>(slab.free_objects);
        u32 taken = 0;
        while (next != nullptr && count < wanted) {
            objects[count++] = next;
            next = next->next;
            ++taken;
        }
        slab.free_objects = next;
        slab.shares.store(slab.shares.load(std::memory_order_relaxed) + taken,
                          std::memory_order_relaxed);
        if (next == nullptr)
            unlink(*owner, number);
    }
    owner->used += count;
    return count;
}

VITAL void put_objects(usize index, void** objects, usize count) noexcept {
    auto owner = classes[index].lock_even_poisoned();
    for (usize i = 0; i < count; ++i) {
        u32 const number = slab_of(objects[i]);
        Page& slab = page_of(frame_address(number));
        auto* const object = static_cast<FreeObject*>(objects[i]);
        if (slab.free_objects == nullptr)
            link(*owner, number);
        object->next = static_cast<FreeObject*>(slab.free_objects);
        slab.free_objects = object;
        u32 const left = slab.shares.load(std::memory_order_relaxed) - 1;
        slab.shares.store(left, std::memory_order_relaxed);
        if (left != 0)
            continue;
        if (owner->empty >= empty_limit) {
            unlink(*owner, number);
            free_slab(*owner, index, number);
        } else {
            ++owner->empty;
        }
    }
    owner->used -= count;
}

SlabUse slab_use(usize index) noexcept {
    auto const owner = classes[index].lock_even_poisoned();
    return {owner->used, owner->slabs};
}

usize slab_bytes_used() noexcept {
    usize bytes = 0;
    for (usize i = 0; i < class_count; ++i)
        bytes += slab_use(i).objects * class_sizes[i];
    return bytes;
}

void free_empty_slabs() noexcept {
    for (usize i = 0; i < class_count; ++i) {
        auto owner = classes[i].lock_even_poisoned();
        for (u32 number = owner->partial; number != 0 && owner->empty != 0;) {
            Page const& slab = page_of(frame_address(number));
            u32 const next = slab.next;
            if (slab.shares.load(std::memory_order_relaxed) == 0) {
                unlink(*owner, number);
                free_slab(*owner, i, number);
                --owner->empty;
            }
            number = next;
        }
    }
}

void reset_slabs() noexcept {
    for (auto& owner : classes)
        *owner.lock_even_poisoned() = SizeClass();
}

} // namespace mem
