// System calls on the mount tree.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

/// Type and data may be null pointers, so they are copied by hand.
Result<void> mount(process::Thread& caller, UserAddr source, UserPath const& target, UserAddr type,
                   u64 flags, UserAddr data);
Result<void> umount2(process::Thread& caller, UserPath const& target, int flags);
/// There is nothing to swap to: EINVAL for whatever is named.
Result<void> swapon(process::Thread& caller, UserPath const& path, u32 flags);
Result<void> swapoff(process::Thread& caller, UserPath const& path);
Result<void> pivot_root(process::Thread& caller, UserPath const& new_root, UserPath const& put_old);

} // namespace sys
