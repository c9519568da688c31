// Objects that a bug has left without an owner.
//
// A changed pointer loses what it referred to: the use of it is unwound, but the object is found by
// nobody any more. So some time after a bug the kernel takes a census of its heap, with all other
// CPUs caught. What nobody refers to is ended; of what has more references than there are words to
// be them, the count is put right.
#pragma once

#include "libs/base/types.hpp"

namespace task {

/// By the worker, at each of its turns: after a bug that was caught, looks for orphans a few times,
/// the last time seconds later, when what the bug killed has gone.
void look_after_bugs();

/// The census: how many objects it has ended, or of how many it has put the count right. In a
/// thread that holds no lock; stops the machine meanwhile. 0 where it cannot be taken.
usize end_orphans();

} // namespace task
