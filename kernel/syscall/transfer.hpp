// Moving bytes between files inside the kernel: sendfile, splice, tee, copy_file_range.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<usize> sendfile(process::Thread& caller, Fd to, Fd from, Out<i64> offset, usize count);
Result<usize> splice(process::Thread& caller, Fd from, Out<i64> from_offset, Fd to,
                     Out<i64> to_offset, usize count, u32 flags);
Result<usize> copy_file_range(process::Thread& caller, Fd from, Out<i64> from_offset, Fd to,
                              Out<i64> to_offset, usize count, u32 flags);

} // namespace sys
