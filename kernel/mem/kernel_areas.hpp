// The kernel's own virtual range: slots for guarded stacks, and ranges for devices and large
// memory.
//
//   kernel_area_start()                    half way                              kernel_area_end()
//   +------+------+------+-- ... --+       +--------+-------+--------+-- ... --+
//   | slot | slot | slot |                 | device | guard | memory |  free   |
//   +------+------+------+-- ... --+       +--------+-------+--------+-- ... --+
//
//   One slot (64 KiB):   lowest                                                 highest
//   +-------------------------------+-----------------+---------------------------+
//   | guard: never mapped (16 KiB)  | reserve, 16 KiB | stack, 32 KiB             |
//   +-------------------------------+-----------------+---------------------------+
//   The reserve is unmapped too until the stack overflows; then it lets landing pads run.
#pragma once

#include "kernel/mem/page.hpp"
#include "libs/base/address.hpp"
#include "libs/base/result.hpp"

namespace mem {

inline constexpr usize stack_slot_size = 64_KiB;
inline constexpr usize stack_reserve_size = 16_KiB;

/// A free range of `pages`, with an unmapped page after it. ENOMEM.
Result<VirtAddr> reserve_range(usize pages);
void release_range(VirtAddr start, usize pages) noexcept;

/// Maps a frame of its own at `at`, for reading and writing; false when memory is short. A bug
/// leaves either all or nothing of it.
bool map_fresh_page(VirtAddr at, Use use);

/// Large memory for the heap, page by page; nullptr. May sleep when freed.
void* allocate_area(usize pages);
void free_area(void* memory);
/// Bytes of such an allocation, or 0.
usize area_size(void const* memory);

} // namespace mem
