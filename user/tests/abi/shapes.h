/* Functions whose arguments and results travel in every way that the System V ABI has, for the test of its
 * conformance. Each takes its arguments apart and answers with a sum that depends on the place of each. A side is one
 * compiler and language: SIDE(name) is its version of a function. */
#ifndef SHAPES_H
#define SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pair_of_ints { int32_t a, b; };
struct pair_of_longs { int64_t a, b; };
struct pair_of_doubles { double a, b; };
struct three_floats { float a, b, c; };
struct mixed { int64_t a; double b; };
struct mixed_turned { double a; int8_t b; };
struct in_memory { int8_t bytes[17]; };
struct three_longs { int64_t a, b, c; };
struct nested { struct { int16_t a; float b; } inner; int32_t c; };
struct wide { long double a; };

typedef __int128 wide_int;
typedef int64_t (*callback)(int64_t, double);

/* name, result, parameters */
#define SHAPES(X) \
    X(integers, int64_t, (int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f, int64_t g, uint64_t h, bool i)) \
    X(doubles, double, (double a, double b, double c, double d, double e, double f, double g, double h, double i, float j)) \
    X(alternating, double, (int32_t a, double b, int64_t c, float d, int8_t e, double f, int64_t g, double h, int64_t i, int64_t j)) \
    X(long_double, long double, (long double a, int32_t b, long double c)) \
    X(small_structs, int64_t, (struct pair_of_ints a, struct pair_of_longs b, struct nested c)) \
    X(float_structs, double, (struct pair_of_doubles a, struct three_floats b, struct mixed c, struct mixed_turned d)) \
    X(large_structs, int64_t, (struct in_memory a, int32_t b, struct three_longs c)) \
    X(one_register_left, int64_t, (int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, struct pair_of_longs f, int64_t g)) \
    X(wide_ints, wide_int, (wide_int a, int32_t b, wide_int c, wide_int d)) \
    X(gives_ints, struct pair_of_ints, (int32_t a, int32_t b)) \
    X(gives_longs, struct pair_of_longs, (int64_t a, int64_t b)) \
    X(gives_doubles, struct pair_of_doubles, (double a, double b)) \
    X(gives_floats, struct three_floats, (float a, float b, float c)) \
    X(gives_mixed, struct mixed, (int64_t a, double b)) \
    X(gives_memory, struct three_longs, (int64_t a, int64_t b, int64_t c)) \
    X(gives_wide, struct wide, (long double a)) \
    X(gives_bool, bool, (int32_t a)) \
    X(gives_char, int8_t, (int32_t a)) \
    X(calls_back, int64_t, (callback a, int64_t b, double c)) \
    X(aligned, int64_t, (int32_t a))

#define DECLARE(name, result, parameters) \
    result gcc_c_##name parameters; \
    result gcc_cpp_##name parameters; \
    result clang_c_##name parameters; \
    result clang_cpp_##name parameters;
SHAPES(DECLARE)
#undef DECLARE

/* `kinds` says what follows: i int, l int64_t, d double, p a pointer to int64_t, s struct three_longs. */
double gcc_c_variable(char const* kinds, ...);
double gcc_cpp_variable(char const* kinds, ...);
double clang_c_variable(char const* kinds, ...);
double clang_cpp_variable(char const* kinds, ...);

/* In assembly: what the registers hold, beyond what the types say. */
int32_t assembly_takes_char(int8_t a);
uint32_t assembly_takes_byte(uint8_t a);
uint32_t assembly_takes_bool(bool a);
bool assembly_gives_bool(int64_t a);  /* the rest of the register is full of ones */
int8_t assembly_gives_char(int64_t a); /* as well */
wide_int assembly_swaps(wide_int a);
double assembly_adds(double a, float b);
/* Calls function(a) with patterns in the registers that it must keep: how many it did not keep. */
int32_t assembly_calls(int64_t (*function)(int32_t), int32_t a);

#ifdef __cplusplus
}
#endif
#endif
