// /dev/provoke: kernel bugs on demand, to show and to test what they cost.
#pragma once

#include "kernel/vfs/mount.hpp"

namespace provoke {

/// Makes the device; only for boots that ask for it with linnet.provoke=1.
/// `mounts` is where it finds what to fail in.
void register_device(Ref<vfs::MountTree> mounts);

} // namespace provoke
