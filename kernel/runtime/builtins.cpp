// Helpers that GCC calls for operations without an instruction on every x86-64 CPU.
#include "libs/base/types.hpp"

extern "C" int __popcountdi2(u64 value);

int __popcountdi2(u64 value) {
    // Sums of neighbouring bits, then of pairs, then of nibbles.
    value -= value >> 1 & 0x5555'5555'5555'5555;
    value = (value & 0x3333'3333'3333'3333) + (value >> 2 & 0x3333'3333'3333'3333);
    value = (value + (value >> 4)) & 0x0f0f'0f0f'0f0f'0f0f;
    return static_cast<int>(value * 0x0101'0101'0101'0101 >> 56);
}
