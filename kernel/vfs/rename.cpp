// rename(2): both directories locked, both names looked up, then one change.
#include "kernel/vfs/creation.hpp"
#include "kernel/vfs/operations.hpp"

namespace vfs {

namespace {

/// Whether `below` lies in the tree under `above`, or is it.
bool is_within(Ref<Dentry> below, Dentry const& above) {
    for (; below; below = below->parent())
        if (below.raw() == &above)
            return true;
    return false;
}

struct Names {
    LastName const& from;
    LastName const& to;
    Ref<Dentry> moved;
    Ref<Dentry> victim; ///< negative when the new name is free
};

Result<void> look_up_both(Names& names, RenameRule rule) {
    names.moved = TRY(look_up_locked(*names.from.directory.dentry, names.from.name));
    if (names.moved->is_negative())
        return fail(Errno::enoent);
    names.victim = TRY(look_up_locked(*names.to.directory.dentry, names.to.name));
    bool const exists = !names.victim->is_negative();
    if (exists && rule == RenameRule::no_replace)
        return fail(Errno::eexist);
    if (!exists && rule == RenameRule::exchange)
        return fail(Errno::enoent);
    if (!names.moved->inode()->is_directory()) {
        // Only a directory may be named with a slash at the end.
        if (names.from.trailing_slash || (rule != RenameRule::exchange && names.to.trailing_slash))
            return fail(Errno::enotdir);
    }
    if (rule == RenameRule::exchange && names.to.trailing_slash &&
        !names.victim->inode()->is_directory())
        return fail(Errno::enotdir);
    return {};
}

Result<void> check_allowed(Caller const& caller, Names const& names, RenameRule rule) {
    Inode& moved = *names.moved->inode();
    bool const exists = !names.victim->is_negative();
    auto const removal = [](Inode const& inode) {
        return inode.is_directory() ? Removal::directory : Removal::file;
    };
    // A directory cannot go below itself, nor replace one it lies in.
    if (is_within(names.to.directory.dentry, *names.moved))
        return fail(Errno::einval);
    if (exists && is_within(names.from.directory.dentry, *names.victim))
        return fail(rule == RenameRule::exchange ? Errno::einval : Errno::enotempty);
    TRY(check_removable(caller, names.from.directory, *names.moved, removal(moved)));
    if (!exists)
        return check_changeable(caller, names.to.directory);
    Inode& victim = *names.victim->inode();
    if (rule == RenameRule::exchange)
        return check_removable(caller, names.to.directory, *names.victim, removal(victim));
    return check_removable(caller, names.to.directory, *names.victim, removal(moved));
}

Result<void> rename_locked(Caller const& caller, Names& names, RenameRule rule) {
    TRY(look_up_both(names, rule));
    bool const exists = !names.victim->is_negative();
    // Two names of one file: nothing happens, as POSIX wants.
    if (exists && names.moved->inode() == names.victim->inode())
        return {};
    TRY(check_allowed(caller, names, rule));
    // Moving a directory to another parent changes its "..", so it must be writable.
    if (names.moved->inode()->is_directory() &&
        names.from.directory.dentry != names.to.directory.dentry)
        TRY(check_permission(*caller.credentials, names.moved->inode()->attributes(),
                             Permission::write));
    String new_name = names.to.name; // allocated before the change
    TRY(names.from.directory.inode()->rename(names.from.name, *names.moved->inode(),
                                             *names.to.directory.inode(), names.to.name,
                                             exists ? names.victim->inode().raw() : nullptr, rule));
    if (rule == RenameRule::exchange) {
        DentryCache::exchange(*names.moved, *names.victim);
        return {};
    }
    if (exists)
        DentryCache::remove(*names.victim);
    else
        DentryCache::forget(*names.victim);
    DentryCache::move(*names.moved, names.to.directory.dentry, std::move(new_name));
    return {};
}

} // namespace

Result<void> rename(Caller const& caller, Place const& from_start, std::string_view from,
                    Place const& to_start, std::string_view to, RenameRule rule) {
    LastName const last_from = TRY(walk_to_last(caller, from_start, from));
    LastName const last_to = TRY(walk_to_last(caller, to_start, to));
    if (last_from.directory.mount != last_to.directory.mount)
        return fail(Errno::exdev);
    if (last_from.special)
        return fail(Errno::ebusy);
    if (last_to.special)
        return fail(rule == RenameRule::no_replace ? Errno::eexist : Errno::ebusy);
    Names names{last_from, last_to, {}, {}}; // outlives the locks
    Inode& directory = *last_from.directory.inode();
    if (last_from.directory.dentry == last_to.directory.dentry) {
        auto const lock = directory.directory_lock().lock();
        return rename_locked(caller, names, rule);
    }
    // Between directories: nobody else may change who lies below whom meanwhile.
    auto const moves = directory.file_system().rename_lock().lock();
    auto const locks =
        ksync::lock_pair(directory.directory_lock(), last_to.directory.inode()->directory_lock());
    return rename_locked(caller, names, rule);
}

} // namespace vfs
