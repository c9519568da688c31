// The shadow of kernel memory: one byte says how many of 8 bytes may be touched. Only with KASAN.
//
//   memory                                            its shadow, at address / 8 + offset
//   ffff'8000'0000'0000  direct map: all RAM, --->    ffff'ec00'0000'0000  and up to the end of
//                        and the holes between it                          RAM; holes share a zero
//                                                                          page
//   ffff'c000'0000'0000  kernel stacks: 64 Ki slots   ffff'f400'0000'0000  two pages a slot, since
//                        of 64 KiB             --->                        it was first mapped
//   ffff'ffff'8010'0000  kernel image          --->   ffff'fbff'f002'0000  all of it
//
// All other memory has none and is not checked: devices, large mapped heap areas, CPU slots.
#pragma once

#include "kernel/arch/x86_64/layout.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/result.hpp"

namespace arch::shadow {

#if defined(LINNET_KASAN)
inline constexpr bool enabled = true;
#else
inline constexpr bool enabled = false;
#endif

inline constexpr u64 offset = 0xdfff'fc00'0000'0000; ///< the compiler knows it too: sanitize.cmake
inline constexpr u64 stack_slot = 64_KiB;
inline constexpr u64 stack_slots = 64 * 1024;

/// What has a shadow. Nothing before map().
struct Tracked {
    u64 direct_bytes = 0;
    u64 image_start = 0;
    u64 image_bytes = 0;
    Atomic<u64> stacks[stack_slots / 64]; ///< a bit per slot
};

extern Tracked tracked;

inline u64 byte_for(u64 address) {
    return (address >> 3) + offset;
}

/// The kernel stack slot that an address belongs to; from stack_slots on there is none.
inline u64 stack_slot_of(u64 address) {
    return (address - layout::kernel_area_first.value()) / stack_slot;
}

inline bool is_tracked(u64 address) {
    if (address - layout::direct_map_start.value() < tracked.direct_bytes)
        return true;
    if (u64 const slot = stack_slot_of(address); slot < stack_slots)
        return (tracked.stacks[slot / 64].load(MemoryOrder::relaxed) >> slot % 64 & 1) != 0;
    return address - tracked.image_start < tracked.image_bytes;
}

/// The shadow byte of an address, or nullptr.
inline u8* of(u64 address) {
    return is_tracked(address) ? pointer_to<u8>(VirtAddr(byte_for(address))) : nullptr;
}

/// Maps the shadow of RAM and of the kernel image from early memory, then calls the compiler's
/// constructors, which register global variables.
void map();
/// For a page that is about to appear in the kernel area: gives its stack slot a shadow, if it
/// belongs to one, and makes the page's all zero. ENOMEM.
Result<void> cover(VirtAddr page);

} // namespace arch::shadow
