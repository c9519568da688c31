// procfs: processes and system state as text, in Linux's formats.
#pragma once

#include "kernel/vfs/file_system.hpp"

namespace proc {

/// For the list in kernel/init.
extern constinit vfs::FileSystemType const type;

} // namespace proc
