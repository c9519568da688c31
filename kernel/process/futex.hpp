// Futexes: sleeping on a word of user memory.
#pragma once

#include "kernel/process/thread.hpp"

namespace process {

/// Whether the word may be shared with other address spaces.
enum class FutexScope { private_memory, shared };

/// Sleeps while the word holds `expected`. EAGAIN when it does not, ETIMEDOUT, ERESTARTSYS, EINVAL
/// for a misaligned address or an empty mask.
Result<void> wait_on_futex(Thread& self, UserAddr word, FutexScope scope, u32 expected, u32 mask,
                           Nanoseconds deadline);
/// Wakes up to `most` whose masks share a bit with `mask`; returns how many.
Result<i64> wake_futexes(Thread& self, UserAddr word, FutexScope scope, u32 most, u32 mask);
/// Wakes `most`, moves up to `moved` others to wait on `target`. With `expected`: EAGAIN unless
/// the word holds it. `count_moved`: whether the result counts the moved ones (CMP_REQUEUE).
Result<i64> requeue_futexes(Thread& self, UserAddr word, UserAddr target, FutexScope scope,
                            u32 most, u32 moved, std::optional<u32> expected);
/// FUTEX_WAKE_OP: changes the second word, wakes on the first, and on the second if the old value
/// compares.
Result<i64> wake_futexes_after(Thread& self, UserAddr word, UserAddr second, FutexScope scope,
                               u32 most, u32 most_second, u32 operation);

/// For thread exit: wakes waiters of `word`, ignoring errors.
void wake_futex(Thread& self, UserAddr word, u32 most);
/// Marks the robust mutexes that the thread still holds as abandoned.
void release_robust_futexes(Thread& self);

} // namespace process
