// The file operations of system calls, on paths: open, create, remove, rename, change attributes.
#pragma once

#include "kernel/vfs/file.hpp"
#include "kernel/vfs/walk.hpp"

namespace vfs {

/// open(2). `permissions` of a file that is created, before the umask.
Result<Ref<File>> open(Caller const& caller, Place const& start, std::string_view path,
                       OpenFlags flags, u32 permissions = 0);
/// For execve: a regular file with execute permission on a mount without noexec; ETXTBSY while
/// somebody writes to it. The caller pairs it with end_execution() when the program is gone.
Result<Ref<File>> open_for_execution(Caller const& caller, Place const& start,
                                     std::string_view path, WalkFlags flags = Walk::follow_last);

Result<void> make_directory(Caller const& caller, Place const& start, std::string_view path,
                            u32 permissions);
Result<void> make_node(Caller const& caller, Place const& start, std::string_view path, Kind kind,
                       u32 permissions, DeviceNumber special);
Result<void> make_symbolic_link(Caller const& caller, std::string_view target, Place const& start,
                                std::string_view path);
/// `from` as walked by linkat's flags.
Result<void> make_link(Caller const& caller, Place const& from, Place const& start,
                       std::string_view path);
Result<void> unlink(Caller const& caller, Place const& start, std::string_view path);
Result<void> remove_directory(Caller const& caller, Place const& start, std::string_view path);
Result<void> rename(Caller const& caller, Place const& from_start, std::string_view from,
                    Place const& to_start, std::string_view to, RenameRule rule);
/// EINVAL when it is no symbolic link.
Result<String> read_link(Caller const& caller, Place const& place);

Result<void> change_permissions(Caller const& caller, Place const& place, u32 permissions);
/// Empty ids stay.
Result<void> change_owner(Caller const& caller, Place const& place, std::optional<Uid> uid,
                          std::optional<Gid> gid);
/// utimensat(2): what is set, and whether both are "now" (which writers may do, too).
enum class TimeChange { exact, now };
Result<void> change_times(Caller const& caller, Place const& place,
                          std::optional<Nanoseconds> accessed, std::optional<Nanoseconds> modified,
                          TimeChange how);
Result<void> truncate(Caller const& caller, Place const& place, u64 size);
/// access(2): `caller` holds the ids to check with.
Result<void> access(Caller const& caller, Place const& place, Permissions wanted);

/// chdir and chroot: a directory that may be searched.
Result<void> check_enterable(Caller const& caller, Place const& place);

Result<void> mount(Caller const& caller, std::string_view source, Place const& at,
                   std::string_view type, MountFlags flags, std::string_view options);

} // namespace vfs
