// What sync needs of the scheduler above it: a thread that can block and be woken.
#pragma once

#include "kernel/sync/held.hpp"
#include "libs/base/units.hpp"

namespace ksync {

/// How a blocked thread may be disturbed.
enum class Wait {
    uninterruptible,
    killable,      ///< by a fatal signal
    interruptible, ///< by any signal that is not ignored or blocked
};

// Defined by kernel/task.

Sleeper& current_sleeper();
/// From here on a wake() is not lost: the thread counts as blocked although it still runs. It may
/// be preempted meanwhile and goes on.
void prepare_to_block(Wait how);
/// Undoes prepare_to_block() without sleeping.
void cancel_block();
/// Sleeps until wake() or until `deadline` on the monotonic clock. Returns at once if already
/// woken.
void block(Nanoseconds deadline = Nanoseconds::never());
/// Makes a blocked thread run again; false when it was not blocked. From any context, any lock held
/// but a run queue's.
bool wake(Sleeper& sleeper);
/// Whether the running thread has a signal that ends waits of this kind.
bool wait_interrupted(Wait how);

} // namespace ksync
