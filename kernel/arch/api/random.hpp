// Randomness that the CPU provides.
#pragma once

#include "libs/base/types.hpp"

#include <optional>

namespace arch {

/// RDRAND or the like; nothing where the CPU has none or fails repeatedly.
std::optional<u64> hardware_random();

} // namespace arch
