// Turning a CPU fault in kernel mode into an exception.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/unwind/registers.hpp"

namespace runtime {

/// Throws `bug` as if the instruction at registers[rip] had thrown it. Called by arch's trap
/// handlers on the stack of the faulting code, with these things arranged by the caller:
///  - a stack with a few KiB left (a double fault moves to the thread's stack first);
///  - DF and AC clear;
///  - the interrupt flag as the faulting code had it: landing pads run with what is set now.
/// Frames without a call-site entry for their instruction (noexcept accessors, destructors) are
/// skipped; their landing pads do not run. Halts with a report from VITAL code.
[[noreturn]] void throw_from_fault(unwind::Registers const& registers,
                                   KernelBug const& bug) noexcept;

/// For arch's page fault and protection fault handlers, before anything else: when `instruction` is
/// one of the reads by which the unwinder probes memory, where to continue; else 0.
u64 probe_fixup(u64 instruction) noexcept;

} // namespace runtime
