// The kernel's own code is put back when something has changed it.
#pragma once

#include "libs/base/address.hpp"
#include "libs/unwind/registers.hpp"

namespace runtime {

/// Writes a word of code although it is mapped read-only.
using PutText = void (*)(VirtAddr at, u64 word) noexcept;

/// Nobody changes the kernel's code from now on. Reads all of it.
void learn_text(PutText put) noexcept;

/// For arch, of a CPU fault in the kernel before it becomes a bug: if code has changed, reports
/// that and puts it back. True if no other instruction had run yet than the changed one, so that it
/// can run again, from registers[rip] with registers[rsp], as if nothing had been. Else `registers`
/// may be changed to be those of the place where the bad code was, with the stack as the unwinder
/// expects it there.
bool retry_mended(unwind::Registers& registers) noexcept;

/// The same for a bug that was thrown.
void mend_text(unwind::Frame const& where) noexcept;

} // namespace runtime
