// Counts what lives on the heap and in frames, and says where what stays behind was allocated.
#pragma once

#include "kernel/mem/frames.hpp"

namespace host_system {

/// Living heap objects and free frames. Heap objects are counted under AddressSanitizer only.
struct Living {
    i64 objects = 0;
    i64 bytes = 0;
    mem::FrameStatistics frames{};

    /// Whether more is alive than in `before`.
    bool more_than(Living const& before) const;
};

Living living();

/// Notes each allocation from now on until print_leaks(), which tells of those that still live.
void note_allocations();
void print_leaks(Living const& before);

} // namespace host_system
