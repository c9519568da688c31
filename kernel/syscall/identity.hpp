// System calls about who a process is: ids, groups, sessions, capabilities.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

/// capget and capset, version 3: two of each for 64 bits.
struct CapabilityHeader {
    u32 version;
    i32 pid;
};

Pid getpid(process::Thread& caller);
Pid gettid(process::Thread& caller);
Pid getppid(process::Thread& caller);
Result<Pid> getpgid(process::Thread& caller, Pid pid);
Result<Pid> getpgrp(process::Thread& caller);
Result<Pid> getsid(process::Thread& caller, Pid pid);
Result<Pid> setsid(process::Thread& caller);
Result<void> setpgid(process::Thread& caller, Pid pid, Pid group);

Uid getuid(process::Thread& caller);
Uid geteuid(process::Thread& caller);
Gid getgid(process::Thread& caller);
Gid getegid(process::Thread& caller);
Result<void> getresuid(process::Thread& caller, Out<u32> real, Out<u32> effective, Out<u32> saved);
Result<void> getresgid(process::Thread& caller, Out<u32> real, Out<u32> effective, Out<u32> saved);
Result<void> setuid(process::Thread& caller, Uid uid);
Result<void> setgid(process::Thread& caller, Gid gid);
Result<void> setreuid(process::Thread& caller, Uid real, Uid effective);
Result<void> setregid(process::Thread& caller, Gid real, Gid effective);
Result<void> setresuid(process::Thread& caller, Uid real, Uid effective, Uid saved);
Result<void> setresgid(process::Thread& caller, Gid real, Gid effective, Gid saved);
Result<Uid> setfsuid(process::Thread& caller, Uid uid);
Result<Gid> setfsgid(process::Thread& caller, Gid gid);
Result<i32> getgroups(process::Thread& caller, i32 count, UserAddr list);
Result<void> setgroups(process::Thread& caller, u32 count, UserAddr list);
Result<void> capget(process::Thread& caller, Out<CapabilityHeader> header, UserAddr data);
Result<void> capset(process::Thread& caller, Out<CapabilityHeader> header, UserAddr data);

} // namespace sys
