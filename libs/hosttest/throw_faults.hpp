// Host programs with the kernel's C++ runtime: CPU faults become thrown bugs, as in the kernel.
#pragma once

namespace hosttest {

/// From now on SIGSEGV, SIGBUS, SIGFPE and SIGILL of every thread throw a KernelBug at the faulting
/// instruction, on the stack that it ran on; reads by which the unwinder probes memory fail
/// instead. Not for a stack that ran over.
void throw_faults();

} // namespace hosttest
