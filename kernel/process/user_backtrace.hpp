// Backtraces of programs that a signal ends.
#pragma once

#include "kernel/process/thread.hpp"

namespace process {

/// Boot option linnet.backtrace. Call before the first program starts.
void set_user_backtraces(bool wanted);

/// If they are wanted: logs where the running thread is, which the signal in `info` ends. Each
/// record begins with "backtrace: ", for the runner.
void log_user_backtrace(Thread& self, uapi::SigInfo const& info);

} // namespace process
