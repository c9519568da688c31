// System calls on open files: read, write, seek and their family.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<usize> read(process::Thread& caller, Fd fd, UserSink into);
Result<usize> write(process::Thread& caller, Fd fd, UserSource from);
Result<usize> pread64(process::Thread& caller, Fd fd, UserSink into, i64 offset);
Result<usize> pwrite64(process::Thread& caller, Fd fd, UserSource from, i64 offset);
Result<usize> readv(process::Thread& caller, Fd fd, IoVector into);
Result<usize> writev(process::Thread& caller, Fd fd, IoVector from);
Result<usize> preadv(process::Thread& caller, Fd fd, IoVector into, i64 offset);
Result<usize> pwritev(process::Thread& caller, Fd fd, IoVector from, i64 offset);
Result<usize> preadv2(process::Thread& caller, Fd fd, IoVector into, i64 offset, u64 high,
                      u32 flags);
Result<usize> pwritev2(process::Thread& caller, Fd fd, IoVector from, i64 offset, u64 high,
                       u32 flags);
Result<i64> lseek(process::Thread& caller, Fd fd, i64 offset, int whence);
Result<i64> ioctl(process::Thread& caller, Fd fd, u32 command, UserAddr argument);
Result<void> ftruncate(process::Thread& caller, Fd fd, i64 size);
Result<void> fallocate(process::Thread& caller, Fd fd, u32 mode, i64 offset, i64 size);
Result<void> fsync(process::Thread& caller, Fd fd);
Result<void> fdatasync(process::Thread& caller, Fd fd);
Result<void> sync(process::Thread& caller);
Result<void> syncfs(process::Thread& caller, Fd fd);
Result<void> sync_file_range(process::Thread& caller, Fd fd, i64 offset, i64 size, u32 flags);
Result<void> fadvise64(process::Thread& caller, Fd fd, i64 offset, i64 size, int advice);
Result<void> readahead(process::Thread& caller, Fd fd, i64 offset, usize size);

/// EPIPE also raises SIGPIPE, as write(2) does on pipes and terminals.
Result<usize> after_write(process::Thread& caller, Result<usize> written);

} // namespace sys
