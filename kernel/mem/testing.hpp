// For tests: making allocations fail, and starting over with other memory.
#pragma once

#include "libs/base/types.hpp"

namespace mem::testing {

/// The allocation after `count` more successful ones fails, once; -1 for never. Counts frames, runs
/// and heap objects.
void fail_after(i64 count) noexcept;
/// What fail_after() has left; -1 after the failure, or when there is none to come.
i64 left_to_failure() noexcept;
/// True when this allocation is the one that must fail.
bool must_fail() noexcept;

/// The step after `count` more of a change that can be undone is a bug, once; -1 for never. A host
/// build only. See undo_log.hpp.
void bug_after(i64 count) noexcept;
i64 left_to_bug() noexcept;
void fail_step();

inline void may_fail() {
#if defined(LINNET_HOST)
    fail_step();
#endif
}

/// Gives this CPU's cached objects and empty slabs back, so that a leak shows in the statistics.
void drain_heap() noexcept;

/// Back to before initialise_frames(). Nothing allocated before may be used or freed after.
void reset_memory() noexcept;
void reset_stacks() noexcept;
void reset_areas() noexcept;
void reset_heap() noexcept;

} // namespace mem::testing
