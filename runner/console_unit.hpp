// Booting with Linnet's init and services: the unit of the program on the console.
#pragma once

#include "runner/initramfs.hpp"

namespace runner {

/// Where an initramfs has it.
inline constexpr std::string_view own_init = "/linnet/bin/init";
inline constexpr std::string_view own_shell = "/linnet/bin/lsh";

/// A unit file for `command` on `streams`. When it ends, init stops the other services, and the
/// machine ends with its status; on a terminal, one that a signal has killed is started again.
std::string console_unit(std::vector<std::string> const& command, Streams streams,
                         std::string_view terminal_type);

/// An archive to be put behind an initramfs with own_init, which makes that process 1 and has this
/// unit.
std::string services_overlay(std::vector<std::string> const& command, Streams streams,
                             std::string_view terminal_type);

} // namespace runner
