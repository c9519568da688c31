// Which terminal /dev/console is.
#pragma once

#include "libs/cmdline/cmdline.hpp"

namespace init {

/// The last terminal that a console= names and that exists; without one the first serial port, or
/// the first virtio console.
void choose_console(cmdline::CommandLine const& options);

} // namespace init
