// devtmpfs: a file system that shows a node for every registered device.
#pragma once

#include "kernel/vfs/file_system.hpp"

namespace devtmpfs {

/// All mounts of it show one instance, as on Linux.
extern vfs::FileSystemType const type;

} // namespace devtmpfs
