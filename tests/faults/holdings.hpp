// What the kernel holds, and where its heap is, from its page descriptors and slabs as they lie in
// memory.
#pragma once

#include "tests/faults/target.hpp"

#include <functional>

namespace faults {

/// A machine's physical memory.
struct PhysicalMemory {
    /// A word of the kernel's memory by its address in the direct map; 0 where nothing is.
    std::function<u64(u64 address)> word;
    u64 direct_map = 0; ///< where physical address 0 is
    u64 size = 0;
};

/// Frames by use and heap objects by size. `directory` is the value of mem::sections::directory.
Holdings holdings(PhysicalMemory const& memory, u64 directory);
/// Whether the direct map's `address` lies in a slab.
bool in_slab(PhysicalMemory const& memory, u64 directory, u64 address);

} // namespace faults
