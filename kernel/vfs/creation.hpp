// What every operation that adds or removes a name checks first.
#pragma once

#include "kernel/vfs/context.hpp"

namespace vfs {

/// EACCES, EROFS, ENOENT (the directory was removed).
Result<void> check_changeable(Caller const& caller, Place const& directory);
/// As check_changeable(), and the sticky bit, and mount points: EPERM, EACCES, EBUSY; EISDIR or
/// ENOTDIR when the victim's kind is not the wanted one.
enum class Removal { file, directory };
Result<void> check_removable(Caller const& caller, Place const& directory, Dentry const& victim,
                             Removal removal);

/// Owner, group and permissions of an inode the caller creates in `directory`: umask, setgid.
NewInode new_inode(Caller const& caller, Place const& directory, Kind kind, u32 permissions);

} // namespace vfs
