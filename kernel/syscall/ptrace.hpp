// ptrace(2), as far as it only looks.
#pragma once

#include "abi/ptrace.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<void> ptrace(process::Thread& caller, uapi::PtraceRequest request, Pid pid, u64 address,
                    u64 data);

} // namespace sys
