// The root file system at boot.
#pragma once

#include "kernel/vfs/context.hpp"
#include "libs/cmdline/cmdline.hpp"

namespace init {

/// Registers every file system kind, mounts the first root and unpacks the initramfs into it.
/// Panics when there can be no root, or when the initramfs is damaged, as on Linux.
Ref<vfs::MountTree> make_root();

} // namespace init
