// What every operation that adds or removes a name checks first.
#include "kernel/vfs/creation.hpp"

#include "kernel/vfs/walk.hpp"

namespace vfs {

Result<void> check_changeable(Caller const& caller, Place const& directory) {
    if (directory.dentry->is_deleted())
        return fail(Errno::enoent);
    return check_access(caller, directory, Permission::write | Permission::execute);
}

Result<void> check_removable(Caller const& caller, Place const& directory, Dentry const& victim,
                             Removal removal) {
    TRY(check_changeable(caller, directory));
    Attributes const of_victim = victim.inode()->attributes();
    Attributes const of_directory = directory.inode()->attributes();
    Credentials const& who = *caller.credentials;
    if ((of_directory.permissions & uapi::s_isvtx) != 0 && who.fsuid != of_victim.uid &&
        who.fsuid != of_directory.uid && !who.has(Capability::fowner))
        return fail(Errno::eperm);
    bool const is_directory = of_victim.kind == Kind::directory;
    if (removal == Removal::directory && !is_directory)
        return fail(Errno::enotdir);
    if (removal == Removal::file && is_directory)
        return fail(Errno::eisdir);
    if (victim.is_mount_point())
        return fail(Errno::ebusy);
    return {};
}

NewInode new_inode(Caller const& caller, Place const& directory, Kind kind, u32 permissions) {
    Attributes const parent = directory.inode()->attributes();
    Credentials const& who = *caller.credentials;
    NewInode fresh;
    fresh.kind = kind;
    fresh.permissions = permissions & 07777 & ~caller.umask;
    fresh.uid = who.fsuid;
    fresh.gid = who.fsgid;
    if ((parent.permissions & uapi::s_isgid) != 0) {
        fresh.gid = parent.gid;
        if (kind == Kind::directory)
            fresh.permissions |= uapi::s_isgid;
        else if ((fresh.permissions & (uapi::s_isgid | uapi::s_ixgrp)) ==
                     (uapi::s_isgid | uapi::s_ixgrp) &&
                 !who.in_group(parent.gid) && !who.has(Capability::fsetid))
            fresh.permissions &= ~uapi::s_isgid;
    }
    if (kind == Kind::symbolic_link)
        fresh.permissions = 0777;
    return fresh;
}

} // namespace vfs
