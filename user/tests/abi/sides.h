/* The bodies of the functions of shapes.h, in what C and C++ have in common; SIDE is what the including file says. */
#include "user/tests/abi/shapes.h"

#include <stdarg.h>

int64_t SIDE(integers)(int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f, int64_t g, uint64_t h, bool i) {
    return a + 3 * (int64_t)b + 5 * (int64_t)c + 7 * (int64_t)d + 11 * (int64_t)e + 13 * (int64_t)f + 17 * g +
           19 * (int64_t)h + (i ? 23 : 0);
}

double SIDE(doubles)(double a, double b, double c, double d, double e, double f, double g, double h, double i, float j) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

double SIDE(alternating)(int32_t a, double b, int64_t c, float d, int8_t e, double f, int64_t g, double h, int64_t i,
                         int64_t j) {
    return a + 2 * b + 3 * (double)c + 4 * d + 5 * e + 6 * f + 7 * (double)g + 8 * h + 9 * (double)i + 10 * (double)j;
}

long double SIDE(long_double)(long double a, int32_t b, long double c) {
    return a + 2 * b + 3 * c;
}

int64_t SIDE(small_structs)(struct pair_of_ints a, struct pair_of_longs b, struct nested c) {
    return a.a + 2 * (int64_t)a.b + 3 * b.a + 4 * b.b + 5 * c.inner.a + (int64_t)(6 * c.inner.b) + 7 * (int64_t)c.c;
}

double SIDE(float_structs)(struct pair_of_doubles a, struct three_floats b, struct mixed c, struct mixed_turned d) {
    return a.a + 2 * a.b + 3 * b.a + 4 * b.b + 5 * b.c + 6 * (double)c.a + 7 * c.b + 8 * d.a + 9 * d.b;
}

int64_t SIDE(large_structs)(struct in_memory a, int32_t b, struct three_longs c) {
    int64_t sum = b + 2 * c.a + 3 * c.b + 4 * c.c;
    for (int i = 0; i < 17; ++i)
        sum += (i + 5) * a.bytes[i];
    return sum;
}

int64_t SIDE(one_register_left)(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, struct pair_of_longs f, int64_t g) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f.a + 7 * f.b + 8 * g;
}

wide_int SIDE(wide_ints)(wide_int a, int32_t b, wide_int c, wide_int d) {
    return a + 2 * b + 3 * c + 5 * d;
}

struct pair_of_ints SIDE(gives_ints)(int32_t a, int32_t b) {
    struct pair_of_ints const result = {a, b};
    return result;
}

struct pair_of_longs SIDE(gives_longs)(int64_t a, int64_t b) {
    struct pair_of_longs const result = {a, b};
    return result;
}

struct pair_of_doubles SIDE(gives_doubles)(double a, double b) {
    struct pair_of_doubles const result = {a, b};
    return result;
}

struct three_floats SIDE(gives_floats)(float a, float b, float c) {
    struct three_floats const result = {a, b, c};
    return result;
}

struct mixed SIDE(gives_mixed)(int64_t a, double b) {
    struct mixed const result = {a, b};
    return result;
}

struct three_longs SIDE(gives_memory)(int64_t a, int64_t b, int64_t c) {
    struct three_longs const result = {a, b, c};
    return result;
}

struct wide SIDE(gives_wide)(long double a) {
    struct wide const result = {a};
    return result;
}

bool SIDE(gives_bool)(int32_t a) {
    return a > 100;
}

int8_t SIDE(gives_char)(int32_t a) {
    return (int8_t)a;
}

int64_t SIDE(calls_back)(callback a, int64_t b, double c) {
    return 2 * a(b + 1, c + 1);
}

/* The compiler may use instructions that fault when the stack is not aligned as the ABI says. */
int64_t SIDE(aligned)(int32_t a) {
    typedef int32_t vector __attribute__((vector_size(16)));
    vector volatile local = {a, a + 1, a + 2, a + 3};
    vector const copy = local;
    return (int64_t)((uintptr_t)&local % 16) * 1000 + copy[0] + copy[3];
}

double SIDE(variable)(char const* kinds, ...) {
    va_list list;
    va_start(list, kinds);
    double sum = 0;
    for (int place = 1; *kinds != 0; ++kinds, ++place) {
        double value = 0;
        if (*kinds == 'i')
            value = va_arg(list, int);
        else if (*kinds == 'l')
            value = (double)va_arg(list, int64_t);
        else if (*kinds == 'd')
            value = va_arg(list, double);
        else if (*kinds == 'p')
            value = (double)*va_arg(list, int64_t const*);
        else {
            struct three_longs const s = va_arg(list, struct three_longs);
            value = (double)(s.a + 2 * s.b + 3 * s.c);
        }
        sum += place * value;
    }
    va_end(list);
    return sum;
}
