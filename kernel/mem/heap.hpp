// The kernel heap behind operator new: size classes over frames, per-CPU caches.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/types.hpp"

namespace mem {

/// nullptr when out of memory. `alignment` is a power of two up to a page. From any context with
/// memory to give: also interrupt handlers, under any lock up to Rank::heap.
void* heap_allocate(usize bytes, usize alignment = 16);
/// `bytes` as it was allocated, or 0 when not known. A pointer that is not an object of the heap in
/// use is a KernelBug, and nothing is freed.
void heap_free(void* memory, usize bytes = 0);
/// What an allocation can really hold; 0 for a pointer that is not the heap's.
usize heap_size(void const* memory);
/// Whether an object of a size class, in use or not, begins there. For any address.
bool is_heap_object(void const* memory) noexcept;

struct HeapStatistics {
    usize bytes_used;     ///< in objects handed out or cached by a CPU
    usize bytes_reserved; ///< in pages
};

HeapStatistics heap_statistics();

/// One size of small objects.
struct SizeClassUse {
    usize object_bytes;
    usize objects_used; ///< handed out, or cached by a CPU
    usize slabs;
    usize objects_per_slab;
    usize pages_per_slab;
};

/// Smallest first; no lock is held while `show` runs.
void for_each_size_class(FunctionRef<void(SizeClassUse const& use)> show);

} // namespace mem
