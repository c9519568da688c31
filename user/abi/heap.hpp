// The sizes that the heap has blocks of: four steps from each power of two to the next.
#pragma once

#include "libs/base/types.hpp"

#include <bit>

namespace core {

inline constexpr usize largest_small = 16_KiB;

/// 16, 32, 48, 64, then 80, 96, 112, 128, then 160, 192, 224, 256, ...
constexpr usize class_size(usize number) {
    if (number < 4)
        return (number + 1) * 16;
    usize const step = usize{16} << (number / 4 - 1);
    return step * (4 + number % 4 + 1);
}

/// The smallest class with blocks of `size` bytes, which is 1 to largest_small.
constexpr usize class_of(usize size) {
    if (size <= 64)
        return (size + 15) / 16 - 1;
    auto const doublings = static_cast<usize>(std::bit_width(size - 1)) - 7; // 65..128 is 0
    usize const step = usize{16} << doublings;
    return (doublings + 1) * 4 + (size - 1) / step - 4;
}

inline constexpr usize size_class_count = class_of(largest_small) + 1;

static_assert(class_size(class_of(1)) == 16 && class_size(class_of(64)) == 64);
static_assert(class_size(class_of(65)) == 80 && class_size(class_of(128)) == 128);
static_assert(class_size(class_of(129)) == 160 && class_size(size_class_count - 1) == 16_KiB);

} // namespace core
