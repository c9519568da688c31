// devpts: a node for every pseudo-terminal whose master is open, and ptmx.
#pragma once

#include "kernel/vfs/file_system.hpp"

namespace devpts {

/// For the list in kernel/init.
extern constinit vfs::FileSystemType const type;

} // namespace devpts
