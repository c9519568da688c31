// Reports of bugs, and the end of the machine, in a kernel that is a host process.
#pragma once

namespace faults::host {

/// Ends the process, the log handed over.
[[noreturn]] void end_machine() noexcept;

/// As the kernel's oops=panic.
void halt_on_any_bug() noexcept;

} // namespace faults::host
