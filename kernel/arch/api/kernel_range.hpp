// Removing many pages of the kernel half at the price of few messages to other CPUs.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/function_ref.hpp"

namespace arch {

/// Removes those of `pages` pages from `start` on that are present. Calls `removed` with each frame
/// when no CPU can reach it any more. Waits for other CPUs: not with a spinning lock held.
void unmap_kernel_pages(VirtAddr start, usize pages,
                        FunctionRef<void(PhysAddr frame)> removed) noexcept;

} // namespace arch
