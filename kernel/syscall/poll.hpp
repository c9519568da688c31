// Waiting for many descriptors: poll and select.
#pragma once

#include "abi/poll.hpp"
#include "abi/time.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<i32> poll(process::Thread& caller, UserArray<uapi::pollfd> files, i32 milliseconds);
Result<i32> ppoll(process::Thread& caller, UserArray<uapi::pollfd> files,
                  Out<uapi::timespec> timeout, UserAddr mask, usize mask_size);
Result<i32> select(process::Thread& caller, i32 count, UserAddr read, UserAddr write,
                   UserAddr except, Out<uapi::timeval> timeout);
Result<i32> pselect6(process::Thread& caller, i32 count, UserAddr read, UserAddr write,
                     UserAddr except, Out<uapi::timespec> timeout, UserAddr mask);

} // namespace sys
