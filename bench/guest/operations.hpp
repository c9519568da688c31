// What the measuring program can measure.
#pragma once

#include "bench/guest/ticks.hpp"

#include <span>

namespace guest {

struct Operation {
    char const* name;
    int rounds;
    usize iterations; ///< of one round
    /// Does it so many times; returns the instructions of one, without the loop's own.
    double (*run)(usize iterations);
};

std::span<Operation const> operations();
Operation const* find_operation(char const* name);

/// The argument with which the program ends at once, for fork+exec.
inline constexpr char const* exit_word = "exit";

} // namespace guest
