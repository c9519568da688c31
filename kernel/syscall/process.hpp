// System calls that make, replace, end and await processes and threads.
#pragma once

#include "kernel/process/clone.hpp"
#include "kernel/process/wait.hpp"
#include "kernel/syscall/call.hpp"
#include "kernel/syscall/flags.hpp"

namespace sys {

Result<Pid> fork(Call& call);
Result<Pid> vfork(Call& call);
Result<Pid> clone(Call& call, u64 flags_and_signal, UserAddr stack, UserAddr parent_tid,
                  UserAddr child_tid, u64 tls);
Result<Pid> clone3(Call& call, UserAddr arguments, usize size);
Result<void> execve(Call& call, UserPath const& path, UserAddr arguments, UserAddr environment);
Result<void> execveat(Call& call, DirFd start, UserPath const& path, UserAddr arguments,
                      UserAddr environment, u32 flags);
void exit(process::Thread& caller, int code);
void exit_group(process::Thread& caller, int code);
Result<Pid> wait4(process::Thread& caller, Pid pid, Out<i32> status,
                  Flags<uapi::WaitOption> options, Out<uapi::ResourceUsage> usage);
Result<void> waitid(process::Thread& caller, int which, Pid id, Out<uapi::SigInfo> info,
                    Flags<uapi::WaitOption> options, Out<uapi::ResourceUsage> usage);
Pid set_tid_address(process::Thread& caller, UserAddr word);
Result<void> set_robust_list(process::Thread& caller, UserAddr head, usize size);
Result<void> get_robust_list(process::Thread& caller, Pid pid, Out<u64> head, Out<u64> size);
Result<void> arch_prctl(process::Thread& caller, int option, u64 argument);
Result<i64> prctl(process::Thread& caller, int option, u64 first, u64 second, u64 third,
                  u64 fourth);

} // namespace sys
