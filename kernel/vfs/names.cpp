// Operations that add and remove names: mkdir, mknod, symlink, link, unlink, rmdir.
#include "kernel/vfs/creation.hpp"
#include "kernel/vfs/operations.hpp"

namespace vfs {

namespace {

/// A name that does not exist yet, with its directory's lock held until the creation is over.
/// `check` judges before the directory's permissions; `create` makes the inode, or fails.
template <class Check, class Create>
Result<void> create_name(Caller const& caller, LastName const& last, bool is_directory, Check check,
                         Create create) {
    if (last.special)
        return fail(Errno::eexist);
    auto const lock = last.directory.inode()->directory_lock().lock();
    Ref<Dentry> const dentry = TRY(look_up_locked(*last.directory.dentry, last.name));
    if (!dentry->is_negative())
        return fail(Errno::eexist);
    // A trailing slash promises a directory.
    if (last.trailing_slash && !is_directory)
        return fail(Errno::enoent);
    TRY(check());
    TRY(check_changeable(caller, last.directory));
    auto const fresh = TRY(DentryCache::prepare(last.directory.dentry, last.name));
    DentryCache::fill(*dentry, fresh, TRY(create()));
    return {};
}

Result<void> no_check() {
    return {};
}

Result<void> create_inode(Caller const& caller, LastName const& last, NewInode const& as) {
    return create_name(caller, last, as.kind == Kind::directory, no_check,
                       [&] { return last.directory.inode()->create(last.name, as); });
}

/// Debian's fs.protected_hardlinks: nobody keeps a file of others alive that they could not use.
Result<void> check_linkable(Credentials const& who, Attributes const& of) {
    if (acts_as_owner(who, of))
        return {};
    if (of.kind != Kind::regular || of.permissions != without_set_id(of.permissions) ||
        !check_permission(who, of, Permission::read | Permission::write))
        return fail(Errno::eperm);
    return {};
}

} // namespace

Result<void> make_directory(Caller const& caller, Place const& start, std::string_view path,
                            u32 permissions) {
    LastName const last = TRY(walk_to_last(caller, start, path));
    return create_inode(caller, last,
                        new_inode(caller, last.directory, Kind::directory, permissions & 01777));
}

Result<void> make_node(Caller const& caller, Place const& start, std::string_view path, Kind kind,
                       u32 permissions, DeviceNumber special) {
    LastName const last = TRY(walk_to_last(caller, start, path));
    bool const device = kind == Kind::character_device || kind == Kind::block_device;
    // The name is judged first (EEXIST), as on Linux; new_inode() only reads.
    NewInode as = new_inode(caller, last.directory, kind, permissions);
    as.special = device ? special : DeviceNumber();
    return create_name(caller, last, false, no_check, [&]() -> Result<Ref<Inode>> {
        if (device && !caller.credentials->has(Capability::mknod))
            return fail(Errno::eperm);
        return last.directory.inode()->create(last.name, as);
    });
}

Result<void> make_symbolic_link(Caller const& caller, std::string_view target, Place const& start,
                                std::string_view path) {
    if (target.empty())
        return fail(Errno::enoent);
    LastName const last = TRY(walk_to_last(caller, start, path));
    NewInode as = new_inode(caller, last.directory, Kind::symbolic_link, 0777);
    as.target = target;
    return create_inode(caller, last, as);
}

Result<void> make_link(Caller const& caller, Place const& from, Place const& start,
                       std::string_view path) {
    LastName const last = TRY(walk_to_last(caller, start, path));
    Inode& existing = *from.inode();
    auto const check = [&]() -> Result<void> {
        if (&existing.file_system() != &last.directory.inode()->file_system() ||
            from.mount != last.directory.mount)
            return fail(Errno::exdev);
        return check_linkable(*caller.credentials, existing.attributes());
    };
    return create_name(caller, last, false, check, [&]() -> Result<Ref<Inode>> {
        if (existing.is_directory())
            return fail(Errno::eperm);
        if (existing.attributes().links == 0 && !existing.may_get_first_link())
            return fail(Errno::enoent);
        TRY(last.directory.inode()->link(last.name, existing));
        return from.inode();
    });
}

Result<void> unlink(Caller const& caller, Place const& start, std::string_view path) {
    LastName const last = TRY(walk_to_last(caller, start, path));
    if (last.special)
        return fail(Errno::eisdir);
    Inode& directory = *last.directory.inode();
    Ref<Dentry> victim; // outlives the lock: its last reference may free the file
    auto const lock = directory.directory_lock().lock();
    victim = TRY(look_up_locked(*last.directory.dentry, last.name));
    if (victim->is_negative())
        return fail(Errno::enoent);
    if (last.trailing_slash)
        return fail(victim->inode()->is_directory() ? Errno::eisdir : Errno::enotdir);
    TRY(check_removable(caller, last.directory, *victim, Removal::file));
    TRY(directory.unlink(last.name, *victim->inode()));
    DentryCache::remove(*victim);
    return {};
}

Result<void> remove_directory(Caller const& caller, Place const& start, std::string_view path) {
    LastName const last = TRY(walk_to_last(caller, start, path));
    if (last.special)
        return fail(last.name == "." ? Errno::einval
                                     : (last.name == ".." ? Errno::enotempty : Errno::ebusy));
    Inode& directory = *last.directory.inode();
    Ref<Dentry> victim;
    auto const lock = directory.directory_lock().lock();
    victim = TRY(look_up_locked(*last.directory.dentry, last.name));
    if (victim->is_negative())
        return fail(Errno::enoent);
    TRY(check_removable(caller, last.directory, *victim, Removal::directory));
    TRY(directory.remove_directory(last.name, *victim->inode()));
    DentryCache::remove(*victim);
    return {};
}

Result<String> read_link(Caller const& caller, Place const& place) {
    if (place.inode()->kind() != Kind::symbolic_link)
        return fail(Errno::einval);
    LinkTarget target = TRY(place.inode()->read_link(*caller.credentials));
    return std::move(target.text);
}

} // namespace vfs
