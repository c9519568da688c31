// getdents: directory entries packed as Linux packs them.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<usize> getdents64(process::Thread& caller, Fd fd, UserAddr to, u32 size);
Result<usize> getdents(process::Thread& caller, Fd fd, UserAddr to, u32 size);

} // namespace sys
