// Where core files go and what they are called: /proc/sys/kernel/core_pattern, as core(5) has it.
#pragma once

#include "kernel/process/thread.hpp"

namespace process {

inline constexpr usize longest_core_pattern = 127;

String core_pattern();
/// EINVAL for a pattern that is too long, and for a pipe to a program ("|..."), which Linux has.
Result<void> set_core_pattern(std::string_view pattern);
bool core_uses_pid();
void set_core_uses_pid(bool uses);

/// The path of a core file by the pattern, for a thread that `signal` ends.
String core_path(Thread& self, Signal signal);
/// As the host gets it, whatever the pattern: core.NAME.PID
String core_name(Thread& self);

} // namespace process
