// The kernel heap behind operator new: size classes over frames, per-CPU caches.
#pragma once

#include "libs/base/types.hpp"

namespace mem {

/// nullptr when out of memory. `alignment` is a power of two up to a page.
void* heap_allocate(usize bytes, usize alignment = 16) noexcept;
/// `bytes` as it was allocated, or 0 when not known.
void heap_free(void* memory, usize bytes = 0) noexcept;

struct HeapStatistics {
    usize bytes_used;
    usize bytes_reserved;
};

HeapStatistics heap_statistics();

} // namespace mem
