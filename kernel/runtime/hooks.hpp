// What the C++ runtime needs of the rooms above it. kernel/report defines both.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/unwind/registers.hpp"

namespace runtime {

/// The bug cannot be contained: it is in vital code, or nobody would catch it. `where` is the stack
/// at the throw. Reports everything known and stops the machine.
[[noreturn]] void halt_with_report(char const* why, KernelBug const* bug,
                                   unwind::Frame const& where) noexcept;

/// As note_bug(), for a CPU fault: logs the bug with the backtrace of the faulting instruction.
void note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept;

} // namespace runtime
