// System calls about a program's memory.
#pragma once

#include "abi/memory.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"
#include "kernel/syscall/flags.hpp"

namespace sys {

Result<UserAddr> mmap(process::Thread& caller, UserAddr at, u64 size,
                      Flags<uapi::Protection> protection, Flags<uapi::Map> flags, Fd fd,
                      u64 offset);
Result<void> munmap(process::Thread& caller, UserAddr start, u64 size);
Result<void> mprotect(process::Thread& caller, UserAddr start, u64 size, u64 protection);
Result<UserAddr> mremap(process::Thread& caller, UserAddr start, u64 old_size, u64 new_size,
                        Flags<uapi::Remap> flags, UserAddr to);
Result<void> msync(process::Thread& caller, UserAddr start, u64 size, Flags<uapi::Msync> flags);
Result<void> madvise(process::Thread& caller, UserAddr start, u64 size, uapi::Advice advice);
Result<void> mincore(process::Thread& caller, UserAddr start, u64 size, UserAddr to);
UserAddr brk(process::Thread& caller, UserAddr wanted);
Result<void> mlock(process::Thread& caller, UserAddr start, u64 size);
Result<void> munlock(process::Thread& caller, UserAddr start, u64 size);

} // namespace sys
