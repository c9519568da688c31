// Red zones, histories and the quarantine of heap objects, for kernels with KASAN.
#include "kernel/mem/heap_checks.hpp"

#if defined(LINNET_KASAN)
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/slab.hpp"
#include "libs/base/annotations.hpp"

namespace mem {
namespace {

static_assert(sizeof(History) == 64);

struct Waiting {
    static constexpr usize capacity = 128;
    usize oldest = 0;
    usize count = 0;
    SizedObject objects[capacity] = {};
};

/// Touched only by its CPU, with interrupts off.
constinit Waiting waiting[arch::max_cpus];

/// Where an object's class puts its history.
History* history_of(void* object, usize index) {
    // Safe because the class was chosen with room for it at the end.
    return reinterpret_cast<History*>(static_cast<std::byte*>(object) + class_sizes[index]) - 1;
}

/// Who called the caller, by frame pointers, which this build has. Stays within 64 KiB, as stacks
/// do: the outermost frame has the program's.
[[gnu::noinline]] void note_callers(Callers& into) noexcept {
    constexpr u64 stack_slot = 64_KiB;
    constexpr u64 frame_end = 2 * sizeof(u64) - 1;
    auto const* frame = static_cast<u64 const*>(__builtin_frame_address(0));
    frame = pointer_to<u64 const>(VirtAddr(frame[0]));
    for (u32& caller : into) {
        caller = static_cast<u32>(frame[1]);
        u64 const next = frame[0];
        u64 const here = address_of(frame).value();
        if (next <= here || (next + frame_end) / stack_slot != here / stack_slot ||
            next % sizeof(u64) != 0)
            return;
        frame = pointer_to<u64 const>(VirtAddr(next));
    }
}

struct Place {
    VirtAddr slab;
    usize index;
};

std::optional<Place> slab_at(VirtAddr at) {
    PhysAddr const physical = arch::direct_unmap(at);
    Page const* const page = find_page(physical);
    if (page == nullptr)
        return std::nullopt;
    if (page->state == Page::State::slab)
        return Place{at.page_down(), page->order};
    if (page->state == Page::State::slab_tail)
        return Place{arch::direct_map(frame_address(page->next)), page->order};
    return std::nullopt;
}

SizedObject take_oldest(Waiting& here) {
    SizedObject const oldest = here.objects[here.oldest];
    here.oldest = (here.oldest + 1) % Waiting::capacity;
    --here.count;
    show(oldest.object, sizeof(FreeObject));
    return oldest;
}

} // namespace

void guard_object(void* memory, usize bytes) noexcept {
    if (memory == nullptr)
        return;
    auto* const end = static_cast<std::byte*>(memory) + bytes;
    auto const place = slab_at(address_of(memory));
    if (!place) {
        Page const* const page = find_page(arch::direct_unmap(address_of(memory)));
        if (page != nullptr && page->state == Page::State::large)
            hide(end, page->number_of_pages * page_size - bytes, Hidden::red_zone);
        return;
    }
    History* const history = history_of(memory, place->index);
    *history = {.bytes = static_cast<u32>(bytes)};
    note_callers(history->allocated);
    hide(end, class_sizes[place->index] - bytes, Hidden::red_zone);
}

void expect_object(void* memory) {
    (void)*static_cast<u8 const volatile*>(memory);
    show(memory, sizeof(FreeObject));
}

SizedObject quarantine(SizedObject freed) noexcept {
    History* const history = history_of(freed.object, freed.index);
    show(history, sizeof(History));
    note_callers(history->freed);
    hide(freed.object, class_sizes[freed.index], Hidden::free_object);
    arch::InterruptsOff const off;
    Waiting& here = waiting[arch::cpu_index()];
    SizedObject leaving{};
    if (here.count == Waiting::capacity)
        leaving = take_oldest(here);
    here.objects[(here.oldest + here.count++) % Waiting::capacity] = freed;
    return leaving;
}

SizedObject leave_quarantine() noexcept {
    arch::InterruptsOff const off;
    Waiting& here = waiting[arch::cpu_index()];
    return here.count != 0 ? take_oldest(here) : SizedObject{};
}

__attribute__((no_sanitize("kernel-address"))) std::optional<KnownObject>
find_object(VirtAddr at) noexcept {
    auto const place = slab_at(at);
    if (!place)
        return std::nullopt;
    usize const number = (at - place->slab) / class_sizes[place->index];
    if (number >= slab_objects(place->index))
        return std::nullopt;
    VirtAddr const start = place->slab + number * class_sizes[place->index];
    return KnownObject{.start = start,
                       .history = *history_of(pointer_to<void>(start), place->index)};
}

} // namespace mem
#endif
