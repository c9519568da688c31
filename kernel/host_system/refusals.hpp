// Refuses allocations of the kernel, and only of the kernel, while programs run on the host.
#pragma once

#include "libs/base/types.hpp"

namespace host_system {

/// The kernel's allocations (heap objects and frames) succeed `count` more times, then one is
/// refused; -1: none is refused.
void refuse_after(i64 count);
/// Allocations that the kernel may still make before one is refused; -1 once one was, or when none
/// is to be.
i64 left_to_refusal();
/// Whether one was refused since refuse_after(): what may fail for want of memory may have failed.
bool was_refused();

/// A program has entered the kernel, or is about to run again: its own allocations do not count.
void entered_kernel();
void left_kernel();
bool is_in_kernel();

/// Work of the kernel's that a test does in its place: what it allocates is the kernel's, but
/// nothing is refused.
class KernelWork {
public:
    KernelWork() { ++depth_; }

    KernelWork(KernelWork const&) = delete;
    KernelWork& operator=(KernelWork const&) = delete;

    ~KernelWork() { --depth_; }

    static bool going_on() { return depth_ != 0; }

private:
    static inline int depth_ = 0;
};

} // namespace host_system
