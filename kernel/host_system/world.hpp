// The file tree in which a program of the host's system runs.
#pragma once

#include "kernel/host_system/user.hpp"
#include "kernel/vfs/mount.hpp"

namespace host_system {

/// Puts PID 1's program into a root, for the kernel.
void write_init(Ref<vfs::MountTree> const& mounts);

/// The calling process leaves init's tree for a fresh one, and becomes the program whose code is at
/// `entry`. Does not return.
void enter_world(User& user, UserAddr entry);

} // namespace host_system
