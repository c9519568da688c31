// Core dumps: a program's memory and registers, as gdb reads them, written when a signal ends it.
#pragma once

#include "kernel/process/thread.hpp"

namespace process {

/// Boot option linnet.core: dumps go to this device instead of files, whatever RLIMIT_CORE says,
/// each behind a line "NAME SIZE\n". Call before the first program starts.
void set_core_device(std::string_view name);

/// Ends the process as killed by the signal in `info`, which its program did not handle; writes a
/// core dump first where one is wanted (RLIMIT_CORE, prctl(PR_SET_DUMPABLE)). The caller then
/// finds Work::die set.
void end_with_core(Thread& self, uapi::SigInfo const& info);

/// For a thread that is about to end: until the core dump that has its registers is written.
void wait_for_core(Thread& self);

} // namespace process
