// How a child process is started: it borrows the parent's memory until it runs its program.
#pragma once

#include "libs/base/types.hpp"

#include <atomic>

namespace core {

/// A bit for each signal that the process has had a handler for: signal 1 is bit 0. A child has the
/// default in its place.
extern std::atomic<u64> handled_signals;

/// What the child does before its program: in the parent's memory, so it allocates nothing and
/// changes nothing but its own descriptors, session, directory and so on.
struct ChildSteps {
    /// Returns only with an error. Its last step is finish_child() with `signal_mask`.
    long (*run)(ChildSteps& steps, u64 signal_mask) noexcept;
    long error; ///< why it could not start
};

/// The child's pid, or why it could not start.
long start_child(ChildSteps& steps) noexcept;

inline constexpr int max_descriptors = 64;

/// In the child: descriptor i becomes fds[i]; -1 leaves it as it is. At most max_descriptors.
long arrange_descriptors(int const* fds, int count) noexcept;

/// In the child: restores the signal mask and runs the program.
long finish_child(char const* path, char* const* arguments, char* const* environment,
                  u64 mask) noexcept;

} // namespace core
