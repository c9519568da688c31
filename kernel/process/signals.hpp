// Sending and taking signals.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "kernel/process/thread.hpp"

namespace process {

/// siginfo of a signal that a process sends with kill(2) (`code` si_user) or tgkill (si_tkill).
uapi::SigInfo info_from(Process& sender, Signal signal, i32 code = uapi::si_user);
/// siginfo of a signal that the kernel itself sends.
uapi::SigInfo info_from_kernel(Signal signal);

/// To a process: any thread that does not block it takes it. Thread context, no signal lock held.
/// Ignored signals vanish; stop and continue act at once as POSIX says. EAGAIN when a queued
/// signal cannot be queued (sigqueue only).
Result<void> send(TreeGuard& tree, Process& to, uapi::SigInfo const& info);
Result<void> send_to_thread(TreeGuard& tree, Thread& to, uapi::SigInfo const& info);
void send_to_group(TreeGuard& tree, Group& to, uapi::SigInfo const& info);

/// EPERM unless the sender may signal `to` (same user, CAP_KILL, or SIGCONT in the session).
Result<void> may_signal(TreeGuard& tree, Process& sender, Process& to, int signal);

/// For what the running thread did itself (faults, SIGPIPE without a choice): cannot be ignored or
/// blocked; the action becomes the default one if it was.
void raise_forced(Thread& self, uapi::SigInfo const& info);
/// To the running thread, as SIGPIPE: may be blocked or ignored.
void raise(Thread& self, Signal signal);

/// Ends every thread of the process. The first call decides the status.
void begin_exit(TreeGuard& tree, Process& process, Status status);
/// As begin_exit(), for the places of containment: whatever bugs have left behind.
void force_exit(Thread& self, Status status) noexcept;
/// For a catch of a KernelBug: ends the running program with Status::killed_by_bug(), and says so
/// to the log and the runner. `where`: what the thread was at. False when it is PID 1, without
/// which the machine would end: that goes on, and what it asked for has failed. PID 1 is not spared
/// for ever.
bool kill_by_bug(Thread& self, std::string_view where, std::string_view bug) noexcept;

// Of the running thread.
SignalSet blocked(Thread& self);
void set_blocked(Thread& self, SignalSet mask);
/// sigsuspend, ppoll, pselect: `mask` until a handler runs or the call ends.
void set_temporary_mask(Thread& self, SignalSet mask);
/// Puts the old mask back now if no signal came.
void end_temporary_mask(Thread& self, bool interrupted);

/// sigtimedwait: sleeps for one of `wanted`. EAGAIN at the deadline, EINTR.
Result<uapi::SigInfo> wait_for_signal(Thread& self, SignalSet wanted, Nanoseconds deadline);
/// The next of `wanted` if one is pending; for signalfd.
std::optional<uapi::SigInfo> take_signal(Thread& self, SignalSet wanted);

/// Recomputes Work::signal after a change to masks or pending signals.
void update_work(SignalGuard& signals, Thread& thread);

/// Puts the program back to where sigreturn's frame says. EFAULT kills it.
Result<i64> signal_return(Thread& self, arch::UserRegisters& registers);

/// Whether the thread blocks or ignores a signal (terminals ask).
bool blocks_or_ignores(Thread& self, Signal signal);

/// Ends the running thread for good.
[[noreturn]] void exit_thread(Thread& self, Status status);

/// For wait: SIGCHLD and wake-up of the parent about a stop or continuation.
void report_event(TreeGuard& tree, Process& child, Process::Event event, Signal signal);

} // namespace process
