// What the command line says about the kernel itself.
#pragma once

#include "libs/cmdline/cmdline.hpp"

namespace init {

/// Panics when a word of the line cannot be what it is meant to be, and says which.
void refuse_bad_words(cmdline::CommandLine const& options);
/// How much goes to the console; before there is a heap.
void set_log_level(std::string_view command_line);
/// Whether the log goes out as JSON, too; from its first record on.
void open_json_log(std::string_view command_line);
/// What happens at the end of a panic, and whether bugs are contained.
void set_panic_behaviour(cmdline::CommandLine const& options);
/// How long kernel code may keep a CPU to itself.
void set_watchdog(cmdline::CommandLine const& options);
/// CPUs to start at most, the first included.
usize cpu_limit(cmdline::CommandLine const& options);

} // namespace init
