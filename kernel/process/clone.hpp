// fork, vfork, clone: new processes and threads.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "kernel/process/thread.hpp"

namespace process {

using uapi::Clone;
using CloneFlags = Flags<Clone>;

struct CloneRequest {
    CloneFlags flags;
    Signal exit_signal{}; ///< 0: none
    UserAddr stack{};     ///< top; empty: the parent's
    u64 tls = 0;
    UserAddr parent_tid{};
    UserAddr child_tid{};
};

/// The new thread's pid, in the parent. The child returns 0 from the same call. With CLONE_VFORK
/// returns when the child has let go of the memory. EINVAL, EAGAIN, ENOMEM.
Result<Pid> clone(Thread& self, arch::UserRegisters const& registers, CloneRequest const& request);

} // namespace process
