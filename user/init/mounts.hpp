// The file systems that a system cannot do without.
#pragma once

#include "user/init/outlet.hpp"

/// Mounts /proc, /sys, /dev, /dev/pts, /run and /tmp.
void mount_all(Outlet& outlet);

/// Writes all data to its devices, then unmounts everything, or makes it read-only when it is in
/// use.
void unmount_all(Outlet& outlet);
