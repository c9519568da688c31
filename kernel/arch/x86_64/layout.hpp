// The kernel half of the virtual address space, drawn.
//
//   ffff'ffff'ffff'ffff  +---------------------------------------------+
//                        | unused                                      |
//   ffff'ffff'8000'0000  | kernel image: text RX, rodata R, data RW    |  kernel_offset + physical
//                        +---------------------------------------------+
//                        | unused, but for KASAN's shadow (shadow.hpp) |
//   ffff'c080'0000'0000  +---------------------------------------------+
//                        | per-CPU slots: data, guarded stacks         |  cpu_area, 128 KiB per CPU
//                        | interrupt controllers, other fixed devices  |  device_area
//   ffff'c07f'0000'0000  +---------------------------------------------+
//                        | mem's: kernel stacks, mapped devices, heap  |  kernel_area
//   ffff'c000'0000'0000  +---------------------------------------------+
//                        | unused                                      |
//                        | direct map of all RAM: RW, never executable |
//   ffff'8000'0000'0000  +---------------------------------------------+
//                        | not canonical                               |
//   0000'7fff'ffff'f000  +---------------------------------------------+
//                        | user programs                               |
//   0000'0000'0000'0000  +---------------------------------------------+
#pragma once

#include "libs/base/address.hpp"

namespace arch::layout {

inline constexpr VirtAddr direct_map_start{0xffff'8000'0000'0000};
inline constexpr u64 direct_map_limit = u64{1} << 45; ///< bytes; 64 entries of the top table
inline constexpr VirtAddr kernel_area_first{0xffff'c000'0000'0000};
inline constexpr VirtAddr kernel_area_last{0xffff'c07f'0000'0000};
inline constexpr VirtAddr device_area{0xffff'c07f'0000'0000};
inline constexpr VirtAddr cpu_area{0xffff'c07f'4000'0000};
inline constexpr VirtAddr kernel_offset{0xffff'ffff'8000'0000};

} // namespace arch::layout
