// System calls on files that count: eventfd and timerfd.
#pragma once

#include "kernel/syscall/time.hpp"

namespace sys {

Result<process::NewDescriptor> eventfd(process::Thread& caller, u32 start);
Result<process::NewDescriptor> eventfd2(process::Thread& caller, u32 start, u32 flags);
Result<process::NewDescriptor> timerfd_create(process::Thread& caller, i32 clock, u32 flags);
Result<void> timerfd_settime(process::Thread& caller, Fd fd, u32 flags,
                             In<uapi::IntervalTimerSpec> const& wanted,
                             Out<uapi::IntervalTimerSpec> old);
Result<uapi::IntervalTimerSpec> timerfd_gettime(process::Thread& caller, Fd fd);

} // namespace sys
