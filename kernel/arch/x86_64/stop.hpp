// Ends of a CPU: stopping for a panic, and recognising stacks that ran over.
#pragma once

#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/address.hpp"

namespace arch {

/// For the NMI: halts, or waits until it is let go, when another CPU wants that.
void serve_catcher(UserRegisters const& registers);
/// The registers by DWARF number.
CaughtCpu caught_at(UserRegisters const& registers);
/// If `at` lies in a guard page below a kernel stack, the name to report.
char const* overflowed_stack(VirtAddr at);

/// For the double fault of a stack that ran over at `at`: makes its reserve usable and changes
/// `registers` so that the way back throws from the code that overflowed. False if it cannot.
bool throw_overflow_on_return(UserRegisters& registers, VirtAddr at);

} // namespace arch
