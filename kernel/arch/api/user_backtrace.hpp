// The stack of a program, as text.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/format.hpp"

namespace arch {

/// A line per frame of the running program, "#0 0x00007f3e5d22a1b4 libc.so.6+0x1271b4\n": the
/// image, and the address as its file has it. Fetches what is not in memory, so it may sleep.
void write_user_backtrace(UserRegisters const& registers, TextSink& sink);

} // namespace arch
