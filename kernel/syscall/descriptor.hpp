// System calls on descriptors: close, dup, fcntl and locks.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<void> close(process::Thread& caller, Fd fd);
Result<void> close_range(process::Thread& caller, u32 first, u32 last, u32 flags);
Result<process::NewDescriptor> dup(process::Thread& caller, Fd fd);
Result<Fd> dup2(process::Thread& caller, Fd from, Fd to);
Result<Fd> dup3(process::Thread& caller, Fd from, Fd to, u32 flags);
Result<i64> fcntl(process::Thread& caller, Fd fd, int command, u64 argument);
Result<void> flock(process::Thread& caller, Fd fd, int operation);
Result<process::NewDescriptorPair> pipe(process::Thread& caller);
Result<process::NewDescriptorPair> pipe2(process::Thread& caller, UserAddr to, u32 flags);

} // namespace sys
