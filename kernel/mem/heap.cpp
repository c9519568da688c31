// Per-CPU caches of objects over the slabs, and allocations larger than any class.
#include "kernel/mem/heap.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/heap_checks.hpp"
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/mem/slab.hpp"
#include "kernel/mem/testing.hpp"
#include "libs/base/bug.hpp"

#include <bit>

namespace mem {
namespace {

/// Free objects of one class that one CPU keeps at hand.
struct Magazine {
    static constexpr usize capacity = 15;
    static constexpr usize batch = 8;
    u64 count;
    void* objects[capacity];
};

struct CpuHeap {
    Magazine magazines[class_count];
};

static_assert(sizeof(CpuHeap) <= page_size);

/// Touched only by its CPU, with interrupts off. A page each, made when the CPU first allocates.
constinit Atomic<CpuHeap*> heaps[arch::max_cpus];

CpuHeap* this_heap() {
    auto& slot = heaps[arch::cpu_index()];
    CpuHeap* heap = slot.load(MemoryOrder::relaxed);
    if (heap != nullptr) [[likely]]
        return heap;
    auto const page = allocate_run(0, Fill::zeroed, Use::heap);
    if (!page)
        return nullptr;
    heap = pointer_to<CpuHeap>(arch::direct_map(*page));
    slot.store(heap);
    return heap;
}

/// After a bug, with interrupts still off: all that this CPU's magazines hold is marked as free
/// again. True when `object` is among it.
[[gnu::noinline, gnu::cold]] bool settle(void const* object) noexcept {
    bool found = false;
    CpuHeap* const heap = heaps[arch::cpu_index()].load();
    for (usize index = 0; heap != nullptr && index < class_count; ++index) {
        Magazine const& magazine = heap->magazines[index];
        for (u64 i = 0; i < magazine.count; ++i) {
            static_cast<FreeObject*>(magazine.objects[i])->set_mark();
            found |= magazine.objects[i] == object;
        }
    }
    return found;
}

/// A bug changes nothing.
void* allocate_object(usize index) {
    void* object = nullptr;
    {
        arch::InterruptsOff const off;
        try {
            CpuHeap* const heap = this_heap();
            if (heap == nullptr)
                return nullptr;
            Magazine& magazine = heap->magazines[index];
            if (magazine.count == 0)
                magazine.count = take_objects(index, magazine.objects, Magazine::batch);
            u64 const count = magazine.count;
            if (count == 0)
                return nullptr;
            object = magazine.objects[count - 1];
            static_cast<FreeObject*>(object)->sign = 0;
            testing::may_fail();
            magazine.count = count - 1; // the object is the caller's from here on
        } catch (...) {
            settle(nullptr);
            throw;
        }
    }
    show(object, class_sizes[index]);
    return object;
}

/// A bug changes nothing.
void free_object(void* object, usize index) {
    // Free objects are touched by their two words only.
    hide(static_cast<FreeObject*>(object) + 1, class_sizes[index] - sizeof(FreeObject),
         Hidden::free_object);
    arch::InterruptsOff const off;
    try {
        CpuHeap* const heap = this_heap();
        if (heap == nullptr) {
            static_cast<FreeObject*>(object)->set_mark();
            u64 one = 1;
            put_objects(index, &object, one, 0);
            return;
        }
        Magazine& magazine = heap->magazines[index];
        if (magazine.count == Magazine::capacity)
            put_objects(index, magazine.objects, magazine.count,
                        Magazine::capacity - Magazine::batch);
        u64 const count = magazine.count;
        magazine.objects[count] = object;
        testing::may_fail();
        magazine.count = count + 1; // free from here on, but for the mark
        testing::may_fail();
        static_cast<FreeObject*>(object)->set_mark();
    } catch (KernelBug const& bug) {
        if (!settle(object))
            throw;
        doom_task(bug.what);
    }
}

/// Larger than any class: whole pages, the tail of the run given back; huge ones need not be
/// consecutive.
void* allocate_large(usize bytes) {
    if (bytes > SIZE_MAX - page_size)
        return nullptr;
    usize const pages = (bytes + page_size - 1) >> page_shift;
    u32 const order = static_cast<u32>(std::bit_width(pages - 1));
    if (order > max_order)
        return allocate_area(pages);
    auto const run = allocate_run(order, Fill::any, Use::heap);
    if (!run)
        return allocate_area(pages);
    trim_run(*run, order, pages);
    try {
        Page& head = page_of(*run);
        head.number_of_pages = pages;
        head.state = Page::State::large;
    } catch (...) {
        free_run_pages(*run, pages);
        throw;
    }
    return pointer_to<void>(arch::direct_map(*run));
}

bool in_kernel_area(void const* memory) {
    return address_of(memory) >= arch::kernel_area_start() &&
           address_of(memory) < arch::kernel_area_end();
}

/// The object's page, and the head of its slab.
struct Place {
    Page* head = nullptr;
    usize offset = 0; ///< of the object from the start of the slab
};

Place place_of(void const* memory) {
    PhysAddr const at = arch::direct_unmap(address_of(memory));
    Page* const page = find_page(at);
    if (page == nullptr)
        return {};
    if (page->state == Page::State::slab_tail)
        return {.head = &page_of(frame_address(page->next)),
                .offset = at - frame_address(page->next)};
    if (page->state == Page::State::slab || page->state == Page::State::large)
        return {.head = page, .offset = at.page_offset()};
    return {};
}

} // namespace

void* heap_allocate(usize bytes, usize alignment) {
    if (testing::must_fail() || alignment > page_size)
        return nullptr;
    usize const room = bytes + red_zone;
    if (room < bytes)
        return nullptr;
    usize const index = class_for(room, alignment);
    void* const memory = index < class_count ? allocate_object(index) : allocate_large(room);
    guard_object(memory, bytes);
    return memory;
}

void heap_free(void* memory, usize bytes) {
    if (memory == nullptr)
        return;
    if (in_kernel_area(memory)) {
        free_area(memory);
        return;
    }
    Place const place = place_of(memory);
    if (place.head == nullptr)
        panic("freeing what is not from the heap");
    if (place.head->state == Page::State::large) {
        usize const pages = place.head->number_of_pages;
        ensure(place.offset == 0, "freeing the middle of an allocation");
        ensure(bytes <= pages * page_size, "freeing with a wrong size");
        place.head->state = Page::State::run;
        free_run_pages(arch::direct_unmap(address_of(memory)), pages);
        return;
    }
    usize const index = place.head->order;
    ensure(place.offset % class_sizes[index] == 0, "freeing the middle of an object");
    ensure(bytes <= class_sizes[index], "freeing with a wrong size");
    expect_object(memory);
    auto* const object = static_cast<FreeObject*>(memory);
    ensure(!object->is_marked(), "freeing an object twice");
    if (auto const leaving = quarantine({memory, index}); leaving.object != nullptr)
        free_object(leaving.object, leaving.index);
}

usize heap_size(void const* memory) {
    if (in_kernel_area(memory))
        return area_size(memory);
    Place const place = place_of(memory);
    if (place.head == nullptr)
        return 0;
    return place.head->state == Page::State::large ? place.head->number_of_pages * page_size
                                                   : class_sizes[place.head->order];
}

bool is_heap_object(void const* memory) noexcept {
    PhysAddr const at(address_of(memory) - arch::direct_map(PhysAddr(0)));
    Page const* const page = find_page(at);
    if (page == nullptr ||
        (page->state != Page::State::slab && page->state != Page::State::slab_tail))
        return false;
    Place const place = place_of(memory);
    return place.offset % class_sizes[place.head->order] == 0;
}

HeapStatistics heap_statistics() {
    return {.bytes_used = slab_bytes_used(),
            .bytes_reserved = frame_statistics().kernel_heap * page_size};
}

void for_each_size_class(FunctionRef<void(SizeClassUse const& use)> show) {
    for (usize i = 0; i < class_count; ++i) {
        auto const use = slab_use(i);
        show({.object_bytes = class_sizes[i],
              .objects_used = use.objects,
              .slabs = use.slabs,
              .objects_per_slab = slab_objects(i),
              .pages_per_slab = usize{1} << slab_order(i)});
    }
}

namespace testing {

void drain_heap() noexcept {
    while (true) {
        auto const leaving = leave_quarantine();
        if (leaving.object == nullptr)
            break;
        free_object(leaving.object, leaving.index);
    }
    {
        arch::InterruptsOff const off;
        CpuHeap* const heap = heaps[arch::cpu_index()].load();
        for (usize i = 0; heap != nullptr && i < class_count; ++i) {
            put_objects(i, heap->magazines[i].objects, heap->magazines[i].count, 0);
        }
    }
    free_empty_slabs();
}

void reset_heap() noexcept {
    for (auto& heap : heaps)
        heap.store(nullptr);
    reset_slabs();
}

} // namespace testing
} // namespace mem

namespace upcall {

namespace {

/// After a bug that has left it as it was.
[[gnu::noinline, gnu::cold]] void free_again(void* memory) noexcept {
    try {
        mem::heap_free(memory);
    } catch (KernelBug const& bug) {
        doom_task(bug.what); // so it is lost
    }
}

} // namespace

// Neither lets a bug out: who deletes cannot be unwound there, nor who has a program end for want
// of memory.

void* allocate_bytes(usize size, usize alignment) noexcept {
    try {
        return mem::heap_allocate(size, alignment);
    } catch (KernelBug const& bug) {
        doom_task(bug.what);
        return nullptr;
    }
}

void free_bytes(void* memory, usize size) noexcept {
    try {
        mem::heap_free(memory, size);
    } catch (KernelBug const& bug) {
        doom_task(bug.what);
        free_again(memory);
    }
}

} // namespace upcall
