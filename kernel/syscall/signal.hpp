// System calls about signals.
#pragma once

#include "kernel/process/signals.hpp"
#include "kernel/syscall/call.hpp"

namespace process {

/// For the trace.
inline void describe(TextSink& sink, Signal signal) {
    if (is_valid_signal(std::to_underlying(signal)) && !is_realtime(signal))
        sink.write(signal_name(signal));
    else
        format_to(sink, "{}", std::to_underlying(signal));
}

} // namespace process

namespace uapi {

inline void describe(TextSink& sink, Signal signal) {
    process::describe(sink, signal);
}

} // namespace uapi

namespace sys {

using process::Signal;

Result<void> rt_sigaction(process::Thread& caller, Signal signal,
                          OptionalIn<uapi::SigAction> const& action, Out<uapi::SigAction> old,
                          usize size);
Result<void> rt_sigprocmask(process::Thread& caller, u32 how, OptionalIn<u64> const& set,
                            Out<u64> old, usize size);
Result<i64> rt_sigreturn(Call& call);
Result<void> rt_sigpending(process::Thread& caller, Out<u64> set, usize size);
Result<i32> rt_sigtimedwait(process::Thread& caller, In<u64> const& set, Out<uapi::SigInfo> info,
                            OptionalIn<uapi::timespec> const& timeout, usize size);
Result<void> rt_sigqueueinfo(process::Thread& caller, Pid pid, Signal signal,
                             In<uapi::SigInfo> const& info);
Result<void> rt_tgsigqueueinfo(process::Thread& caller, Pid group, Pid thread, Signal signal,
                               In<uapi::SigInfo> const& info);
Result<void> rt_sigsuspend(process::Thread& caller, In<u64> const& set, usize size);
Result<void> sigaltstack(Call& call, OptionalIn<uapi::SignalStack> const& stack,
                         Out<uapi::SignalStack> old);
Result<void> kill(process::Thread& caller, Pid pid, Signal signal);
Result<void> tkill(process::Thread& caller, Pid thread, Signal signal);
Result<void> tgkill(process::Thread& caller, Pid group, Pid thread, Signal signal);
Result<void> pause(process::Thread& caller);
Result<i64> restart_syscall(process::Thread& caller);

} // namespace sys
