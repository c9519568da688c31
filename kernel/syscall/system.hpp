// System calls about the machine as a whole, and limits.
#pragma once

#include "abi/process.hpp"
#include "abi/resource.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

uapi::SystemName uname();
Result<void> sethostname(process::Thread& caller, UserSource name);
Result<void> setdomainname(process::Thread& caller, UserSource name);
uapi::SystemInformation sysinfo();
Result<usize> getrandom(UserSink into, u32 flags);
Result<i64> reboot(process::Thread& caller, u32 magic, u32 second_magic, u32 command);
Result<i64> syslog(process::Thread& caller, i32 action, UserSink into);
Result<uapi::ResourceLimit> getrlimit(process::Thread& caller, u32 which);
Result<void> setrlimit(process::Thread& caller, u32 which, In<uapi::ResourceLimit> const& limit);
Result<void> prlimit64(process::Thread& caller, Pid pid, u32 which,
                       OptionalIn<uapi::ResourceLimit> const& limit, Out<uapi::ResourceLimit> old);
Result<u32> personality(process::Thread& caller, u32 persona);

} // namespace sys
