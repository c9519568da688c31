// System calls about who gets the CPU.
#pragma once

#include "abi/time.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

void sched_yield();
Result<i32> sched_getaffinity(process::Thread& caller, Pid pid, u32 size, UserAddr mask);
Result<void> sched_setaffinity(process::Thread& caller, Pid pid, u32 size, UserAddr mask);
Result<i32> sched_getscheduler(process::Thread& caller, Pid pid);
Result<void> sched_setscheduler(process::Thread& caller, Pid pid, i32 policy, UserAddr parameters);
Result<void> sched_getparam(process::Thread& caller, Pid pid, UserAddr parameters);
Result<void> sched_setparam(process::Thread& caller, Pid pid, UserAddr parameters);
Result<i32> sched_get_priority_max(i32 policy);
Result<i32> sched_get_priority_min(i32 policy);
Result<uapi::timespec> sched_rr_get_interval(process::Thread& caller, Pid pid);
Result<i32> getpriority(process::Thread& caller, i32 which, i32 who);
Result<void> setpriority(process::Thread& caller, i32 which, i32 who, i32 nice);
Result<void> getcpu(Out<u32> cpu, Out<u32> node);
Result<u32> ioprio_get(process::Thread& caller, i32 which, i32 who);
Result<void> ioprio_set(process::Thread& caller, i32 which, i32 who, u32 priority);

} // namespace sys
