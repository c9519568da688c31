// persist(): what has to be done, and is done again when a bug ends it.
#pragma once

#include "libs/base/function_ref.hpp"

/// Calls `step`, which must be able to begin anew wherever a bug has ended it, until it comes
/// through. Each bug is reported, and costs the task. False when it never comes through.
///
/// What takes a lock in `step` must be a function of its own, not inlined: a frame that a bug
/// leaves lets go of its locks, the one that catches does not.
bool persist(FunctionRef<void()> step) noexcept;
