// Calls every function of shapes.h on every side and compares; each compiler builds it once.
#pragma once

#include "user/tests/abi/shapes.h"
#include "user/tests/check.hpp"

#include <cstring>

namespace CALLER {

/// The functions of one side.
#define MEMBER(name, result, parameters) result(*name) parameters;

struct Side {
    SHAPES(MEMBER)
    double (*variable)(char const* kinds, ...);
};

#undef MEMBER

inline int64_t times(int64_t a, double b) {
    return a * static_cast<int64_t>(b);
}

/// Hidden from the optimiser, so that the calls are real.
template <class T>
T hidden(T value) {
    asm volatile("" : "+m"(value));
    return value;
}

inline void numbers(Side const& side) {
    CHECK(side.integers(-1, 200, -300, 60'000, -7, 4'000'000'000, -(int64_t{1} << 40), 9, true) ==
          -1 + 600 - 1'500 + 420'000 - 77 + 52'000'000'000 - 17 * (int64_t{1} << 40) + 171 + 23);
    CHECK(side.integers(hidden<int8_t>(-128), hidden<uint8_t>(255), 0, 0, 0, 0, 0, 0,
                        hidden(false)) == -128 + 765);
    CHECK(side.doubles(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) == 385);
    CHECK(side.alternating(1, 2, 3, 4, -5, 6, 7, 8, 9, 10) == 385 - 50);
    CHECK(side.long_double(0.5L, 2, 1e30L) == 0.5L + 4 + 3e30L);
    wide_int const big = static_cast<wide_int>(1) << 100;
    CHECK(side.wide_ints(big, -1, big * 2, -big) == big - 2 + 6 * big - 5 * big);
    CHECK(side.gives_bool(hidden(101)) && !side.gives_bool(hidden(100)));
    CHECK(side.gives_char(hidden(0x1ff)) == -1 && side.gives_char(hidden(0x7f)) == 127);
    CHECK(side.calls_back(times, 3, 4) == 40);
    CHECK(side.aligned(5) == 5 + 8);
    CHECK(assembly_calls(side.aligned, 5) == 0);
}

inline void structures(Side const& side) {
    CHECK(side.small_structs({1, -2}, {3, 4}, {{5, 6.5F}, 7}) == 1 - 4 + 9 + 16 + 25 + 39 + 49);
    CHECK(side.float_structs({1, 2}, {3, 4, 5}, {6, 7}, {8, -9}) ==
          1 + 4 + 9 + 16 + 25 + 36 + 49 + 64 - 81);
    in_memory bytes;
    int64_t sum = 0;
    for (int i = 0; i < 17; ++i) {
        bytes.bytes[i] = static_cast<int8_t>(i - 8);
        sum += (i + 5) * (i - 8);
    }
    CHECK(side.large_structs(bytes, 1, {2, 3, 4}) == sum + 1 + 4 + 9 + 16);
    CHECK(side.one_register_left(1, 2, 3, 4, 5, {6, 7}, 8) == 1 + 4 + 9 + 16 + 25 + 36 + 49 + 64);
    auto const ints = side.gives_ints(-1, 2);
    CHECK(ints.a == -1 && ints.b == 2);
    auto const longs = side.gives_longs(-3, int64_t{1} << 50);
    CHECK(longs.a == -3 && longs.b == int64_t{1} << 50);
    auto const doubles = side.gives_doubles(0.25, -8);
    CHECK(doubles.a == 0.25 && doubles.b == -8);
    auto const floats = side.gives_floats(1, 2, 3);
    CHECK(floats.a == 1 && floats.b == 2 && floats.c == 3);
    auto const both = side.gives_mixed(-9, 1.5);
    CHECK(both.a == -9 && both.b == 1.5);
    auto const memory = side.gives_memory(1, 2, 3);
    CHECK(memory.a == 1 && memory.b == 2 && memory.c == 3);
    CHECK(side.gives_wide(1e100L).a == 1e100L);
}

inline void variable_arguments(Side const& side) {
    int64_t const five = 5;
    CHECK(side.variable("") == 0);
    CHECK(side.variable("idlp", -1, 2.5, int64_t{1} << 33, &five) ==
          -1 + 5 + 3.0 * (int64_t{1} << 33) + 20);
    // More than fit in registers, of both kinds, and a structure in memory.
    CHECK(side.variable("iiiiiiiddddddddddsl", 1, 1, 1, 1, 1, 1, 1, 1., 1., 1., 1., 1., 1., 1., 1.,
                        1., 1., three_longs{1, 1, 1}, int64_t{1}) == 17. * 18 / 2 + 18 * 6 + 19);
}

inline void assembly() {
    CHECK(assembly_takes_char(hidden<int8_t>(-5)) == -5);
    CHECK(assembly_takes_byte(hidden<uint8_t>(250)) == 250);
    CHECK(assembly_takes_bool(hidden(true)) == 1 && assembly_takes_bool(hidden(false)) == 0);
    CHECK(assembly_gives_bool(7) && !assembly_gives_bool(0));
    CHECK(assembly_gives_char(0x17f) == 127 && assembly_gives_char(0x80) == -128);
    wide_int const value = (static_cast<wide_int>(3) << 64) + 4;
    CHECK(assembly_swaps(value) == (static_cast<wide_int>(4) << 64) + 3);
    CHECK(assembly_adds(1.5, 2.25F) == 3.75);
}

inline void all() {
#define FIRST(name, result, parameters) .name = gcc_c_##name,
#define SECOND(name, result, parameters) .name = gcc_cpp_##name,
#define THIRD(name, result, parameters) .name = clang_c_##name,
#define FOURTH(name, result, parameters) .name = clang_cpp_##name,
    Side const sides[] = {{SHAPES(FIRST).variable = gcc_c_variable},
                          {SHAPES(SECOND).variable = gcc_cpp_variable},
                          {SHAPES(THIRD).variable = clang_c_variable},
                          {SHAPES(FOURTH).variable = clang_cpp_variable}};
    for (Side const& side : sides) {
        numbers(side);
        structures(side);
        variable_arguments(side);
    }
    assembly();
}

} // namespace CALLER
