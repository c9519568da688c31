// The measuring program's clock: with -icount shift=0 one tick is one instruction of the machine.
#pragma once

namespace guest {

using u64 = unsigned long long;
using usize = unsigned long;

inline u64 ticks() {
    unsigned low = 0;
    unsigned high = 0;
    asm volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (u64{high} << 32) | low;
}

/// When this program ran its first instruction.
extern "C" u64 first_ticks;

} // namespace guest
