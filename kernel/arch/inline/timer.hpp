// arch/api/timer.hpp's now() on x86-64, to be compiled into its callers. Only that header includes
// this; arch/host has an ordinary function instead.
#pragma once

#include "libs/base/units.hpp"

namespace arch {

namespace detail {

/// How the time stamp counter becomes nanoseconds: (counter - start) * factor / 2^32.
struct TimeBase {
    u64 start = 0;
    u64 factor = 0;
};

/// Set once, when the clock is calibrated.
extern TimeBase time_base;

} // namespace detail

inline Nanoseconds now() {
    u32 low, high;
    // Safe because it only reads the counter.
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    u64 const passed = (u64{high} << 32 | low) - detail::time_base.start;
    auto const product = static_cast<unsigned __int128>(passed) * detail::time_base.factor;
    return Nanoseconds(static_cast<i64>(product >> 32));
}

} // namespace arch
