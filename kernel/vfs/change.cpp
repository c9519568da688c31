// Changing what a file is: chmod, chown, utimensat, truncate; and access(2), mount(2).
#include "kernel/vfs/operations.hpp"

#include <algorithm>

namespace vfs {

namespace {

Result<void> check_writable_mount(Place const& place) {
    if (place.mount->read_only())
        return fail(Errno::erofs);
    return {};
}

} // namespace

Result<void> change_permissions(Caller const& caller, Place const& place, u32 permissions) {
    TRY(check_writable_mount(place));
    Inode& inode = *place.inode();
    if (inode.kind() == Kind::symbolic_link)
        return fail(Errno::enotsup);
    Attributes const now = inode.attributes();
    Credentials const& who = *caller.credentials;
    if (!acts_as_owner(who, now))
        return fail(Errno::eperm);
    if (!who.in_group(now.gid) && !who.has(Capability::fsetid))
        permissions &= ~uapi::s_isgid;
    AttributeChange change;
    change.permissions = permissions & 07777;
    return inode.set_attributes(change);
}

Result<void> change_owner(Caller const& caller, Place const& place, std::optional<Uid> uid,
                          std::optional<Gid> gid) {
    TRY(check_writable_mount(place));
    Inode& inode = *place.inode();
    Attributes const now = inode.attributes();
    Credentials const& who = *caller.credentials;
    bool const may_chown = who.has(Capability::chown);
    if (uid && !may_chown && (who.fsuid != now.uid || *uid != now.uid))
        return fail(Errno::eperm);
    if (gid && !may_chown && (who.fsuid != now.uid || (!who.in_group(*gid) && *gid != now.gid)))
        return fail(Errno::eperm);
    AttributeChange change;
    change.uid = uid;
    change.gid = gid;
    // A file that changes hands must not keep lending its old owner's rights.
    if (now.kind != Kind::directory) {
        u32 const kept = without_set_id(now.permissions);
        if (kept != now.permissions)
            change.permissions = kept;
    }
    return inode.set_attributes(change);
}

Result<void> change_times(Caller const& caller, Place const& place,
                          std::optional<Nanoseconds> accessed, std::optional<Nanoseconds> modified,
                          TimeChange how) {
    TRY(check_writable_mount(place));
    Inode& inode = *place.inode();
    Attributes const now = inode.attributes();
    if (!acts_as_owner(*caller.credentials, now)) {
        if (how != TimeChange::now)
            return fail(Errno::eperm);
        TRY(check_permission(*caller.credentials, now, Permission::write));
    }
    AttributeChange change;
    change.accessed = accessed;
    change.modified = modified;
    return inode.set_attributes(change);
}

Result<void> truncate(Caller const& caller, Place const& place, u64 size) {
    Inode& inode = *place.inode();
    if (inode.is_directory())
        return fail(Errno::eisdir);
    if (inode.kind() != Kind::regular)
        return fail(Errno::einval);
    TRY(check_access(caller, place, Permission::write));
    TRY(inode.begin_writing());
    auto const done = inode.truncate(size);
    inode.end_writing();
    return done;
}

Result<void> access(Caller const& caller, Place const& place, Permissions wanted) {
    if (wanted.none())
        return {};
    return check_access(caller, place, wanted);
}

Result<void> check_enterable(Caller const& caller, Place const& place) {
    if (!place.inode()->is_directory())
        return fail(Errno::enotdir);
    return check_permission(*caller.credentials, place.inode()->attributes(), Permission::execute);
}

Result<void> mount(Caller const& caller, std::string_view source, Place const& at,
                   std::string_view type, MountFlags flags, std::string_view options) {
    if (!caller.credentials->has(Capability::sys_admin))
        return fail(Errno::eperm);
    FileSystemType const* const kind = find_file_system(type);
    if (kind == nullptr)
        return fail(Errno::enodev);
    Ref<FileSystem> file_system =
        TRY(kind->mount(MountRequest{source, options, *caller.credentials}));
    return caller.mounts->mount(at, std::move(file_system), source, flags);
}

} // namespace vfs
