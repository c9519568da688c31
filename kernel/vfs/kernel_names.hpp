// Names that the kernel itself makes in a file system, consistent with the dentry cache.
#pragma once

#include "kernel/vfs/mount.hpp"

namespace vfs {

/// Makes `path` below `directory`, and missing directories on the way (0755). EEXIST.
Result<Ref<Dentry>> make_name(Ref<Dentry> directory, std::string_view path, NewInode const& as);
/// Removes it if it is there.
Result<void> remove_name(Ref<Dentry> directory, std::string_view path);

} // namespace vfs
