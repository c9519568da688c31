// What the C++ runtime needs of the rooms above it.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/unwind/registers.hpp"

#include <string_view>

namespace runtime {

// Defined by kernel/report.

/// The bug cannot be contained: it is in vital code, or nobody would catch it. `where` is the stack
/// at the throw. Reports everything known and stops the machine.
[[noreturn]] void halt_with_report(char const* why, KernelBug const* bug,
                                   unwind::Frame const& where) noexcept;

/// As note_bug(), for a CPU fault: logs the bug with the backtrace of the faulting instruction.
void note_fault(KernelBug const& bug, unwind::Frame const& where) noexcept;

// Defined by kernel/sync.

/// A bug leaves the frame that occupies [low, high) of the stack; its landing pads have run, as far
/// as it has any. Releases the locks whose guards live there all the same: a frame may have no
/// landing pad for where it stopped. Called while the frame is still intact.
void frame_left(u64 low, u64 high) noexcept;

/// The name of a lock that is held by a frame in [low, high) of the stack and protects what the
/// machine cannot do without; nullptr if there is none.
char const* vital_lock_held(u64 low, u64 high) noexcept;

// Defined by kernel/task.

/// The running thread, to live until drop_thread() at least; nullptr before there are threads,
/// whose state lives for ever. For a std::exception_ptr to an exception in the thread's reserve.
void* keep_thread() noexcept;
void drop_thread(void* thread) noexcept;

/// What the running thread, which there is, is called.
std::string_view thread_name() noexcept;

} // namespace runtime
