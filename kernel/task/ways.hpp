// Ways to tell a caller ten levels up of an error, each in a file of its own, so that their sizes
// show.
#pragma once

#include "libs/base/result.hpp"

namespace ways {

inline constexpr int depth = 10;

// Each calls itself `level` times and fails at the end if `value` is negative; else it gives a sum.

/// An errno below zero, as in C.
int by_code(int level, int value);
Result<int> by_result(int level, int value);
int by_throw(int level, int value); ///< throws int
int by_panic(int level, int value); ///< panics

} // namespace ways
