/* The functions of shapes.h in C, by GCC or Clang. */
#ifdef __clang__
#define SIDE(name) clang_c_##name
#else
#define SIDE(name) gcc_c_##name
#endif
#include "user/tests/abi/sides.h"
