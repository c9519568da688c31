// Short names for the integer types, and the sizes everything is measured in.
#pragma once

#include <cstddef>
#include <cstdint>

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using usize = std::size_t;
using isize = std::ptrdiff_t;

inline constexpr usize page_shift = 12;
inline constexpr usize page_size = usize{1} << page_shift;

inline constexpr usize operator""_KiB(unsigned long long value) {
    return static_cast<usize>(value) << 10;
}

inline constexpr usize operator""_MiB(unsigned long long value) {
    return static_cast<usize>(value) << 20;
}

inline constexpr usize operator""_GiB(unsigned long long value) {
    return static_cast<usize>(value) << 30;
}

/// `alignment` is a power of two.
constexpr u64 align_down(u64 value, u64 alignment) {
    return value & ~(alignment - 1);
}

constexpr u64 align_up(u64 value, u64 alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}
