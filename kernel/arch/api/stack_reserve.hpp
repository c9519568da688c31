// What a kernel stack that ran over can get, so that the code on it can be unwound.
#pragma once

#include "libs/base/address.hpp"

namespace upcall {

/// mem: `at` lies in the guard of a kernel stack: makes the part of that guard next to the stack
/// usable, for landing pads. False if there is none or it was used before. From the double fault:
/// any lock may be held.
bool lend_stack_reserve(VirtAddr at) noexcept;

} // namespace upcall
