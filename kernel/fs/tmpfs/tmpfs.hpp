// tmpfs: files whose only home is the page cache.
#pragma once

#include "kernel/vfs/file_system.hpp"

namespace tmpfs {

/// "tmpfs", and "ramfs" which takes no limits.
extern vfs::FileSystemType const type;
extern vfs::FileSystemType const ramfs_type;
/// What the root is mounted as before anything else: a tmpfs under the name programs know.
extern vfs::FileSystemType const rootfs_type;

} // namespace tmpfs
