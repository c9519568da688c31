// The functions of shapes.h in C++, by GCC or Clang.
#ifdef __clang__
#define SIDE(name) clang_cpp_##name
#else
#define SIDE(name) gcc_cpp_##name
#endif
extern "C" {
#include "user/tests/abi/sides.h"
}
