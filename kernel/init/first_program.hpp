// PID 1, as the command line asks for it.
#pragma once

#include "kernel/vfs/context.hpp"
#include "libs/cmdline/cmdline.hpp"

namespace init {

/// Panics when there is no program to start, as Linux does.
void start_first_program(Ref<vfs::MountTree> mounts, cmdline::CommandLine const& options);

} // namespace init
