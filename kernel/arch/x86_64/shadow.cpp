// Maps the memory in which KASAN keeps what may be touched.
#include "kernel/arch/x86_64/shadow.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/x86_64/early_memory.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/tlb.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

namespace arch::shadow {

extern "C" {
using Constructor = void (*)();
extern std::byte const __text_start[], __kernel_end[];
extern Constructor const __init_array_start[], __init_array_end[];
}

constinit Tracked tracked;

namespace {

constexpr u64 readable = entry_present | entry_global | entry_no_execute;

/// How much memory one page of shadow stands for.
constexpr u64 memory_per_page = page_size * 8;

/// Each page of the shadow of [start, end) becomes what `frame` says.
template <class Frame>
void map_shadow(u64 start, u64 end, u64 rights, Frame frame) {
    for (u64 at = align_down(start, memory_per_page); at < end; at += memory_per_page)
        ensure(enter_kernel_page(VirtAddr(byte_for(at)), frame(), rights).has_value(),
               "no table for the shadow");
}

} // namespace

void map() {
    u64 const direct = layout::direct_map_start.value();
    PhysAddr const zeros = early_frame();
    u64 mapped = 0;
    for_each_stretch_of_ram([&](u64 start, u64 end) {
        map_shadow(direct + mapped, direct + start, readable, [&] { return zeros; });
        map_shadow(direct + start, direct + end, readable | entry_writable, early_frame);
        mapped = end;
    });
    u64 const image = address_of(__text_start).value();
    u64 const image_end = address_of(__kernel_end).value();
    map_shadow(image, image_end, readable | entry_writable, early_frame);
    tracked.image_start = image;
    tracked.image_bytes = image_end - image;
    tracked.direct_bytes = mapped;
    for (auto const* each = __init_array_start; each != __init_array_end; ++each)
        (*each)();
}

Result<void> cover(VirtAddr page) {
    u64 const slot = stack_slot_of(page.value());
    if (slot >= stack_slots)
        return {};
    auto& bits = tracked.stacks[slot / 64];
    u64 const bit = u64{1} << slot % 64;
    if ((bits.load() & bit) == 0) {
        u64 const start = align_down(page.value(), stack_slot);
        for (u64 at = start; at < start + stack_slot; at += memory_per_page) {
            VirtAddr const place(byte_for(at));
            if (kernel_translate(place))
                continue; // left from when memory ran out
            auto const frame = TRY(upcall::allocate_table_frame());
            TRY(enter_kernel_page(place, frame, readable | entry_writable));
        }
        bits.fetch_or(bit);
    }
    std::memset(of(page.value()), 0, page_size / 8);
    return {};
}

} // namespace arch::shadow
