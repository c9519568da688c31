// The kernel's own code, for who may change it.
#pragma once

#include "libs/base/address.hpp"

namespace arch {

/// Writes an aligned word of the kernel's code, which is mapped read-only.
void put_text(VirtAddr at, u64 word) noexcept;

} // namespace arch
