// Looking at the threads of other programs, ptrace(2): stopping them and reading their registers.
// What a thread does is not changed, and it gets its signals as if nobody looked.
#pragma once

#include "abi/ptrace.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/process/wait.hpp"

namespace process {

/// Whether `who` may look into a process: its owner, unless it is not dumpable, or CAP_SYS_PTRACE.
bool may_inspect(Process& target, vfs::Credentials const& who);

enum class StopAs { interrupt, attach };

/// Makes the caller's process the tracer of a thread. ESRCH, EPERM.
Result<void> seize(Thread& self, Pid thread);

// For its tracer; for others ESRCH.
/// The thread stops, soon.
Result<void> stop_tracee(Thread& self, Pid thread, StopAs as);
// ESRCH unless it is stopped.
Result<void> resume_tracee(Thread& self, Pid thread);
/// Also lets it run.
Result<void> detach(Thread& self, Pid thread);
Result<uapi::UserRegisters> tracee_registers(Thread& self, Pid thread);
/// The memory of one that is stopped.
Result<Ref<mem::AddressSpace>> tracee_memory(Thread& self, Pid thread);

/// As user_regs_struct has them.
void read_registers(Thread& thread, std::span<u64, 27> into);

// On the way back to the program, with Work::trace.
void stop_for_tracer(Thread& self);

// For wait.
/// A stop of a thread that `wanted` asks for; and whether there is a tracee that could stop.
std::optional<ChildReport> take_trace_stop(TreeGuard& tree, Process& tracer, WaitFor const& wanted,
                                           bool& any);

// At the end.
void leave_tracer(TreeGuard& tree, Thread& leaving);
void detach_all(Process& tracer);

} // namespace process
