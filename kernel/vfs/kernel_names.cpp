// Names that the kernel itself makes in a file system, consistent with the dentry cache.
#include "kernel/vfs/kernel_names.hpp"

#include "kernel/vfs/walk.hpp"
#include "libs/path/components.hpp"

namespace vfs {

namespace {

Result<Ref<Dentry>> make_one(Ref<Dentry> const& directory, std::string_view name,
                             NewInode const& as) {
    Inode& parent = *directory->inode();
    auto const lock = parent.directory_lock().lock();
    Ref<Dentry> const present = TRY(look_up_locked(*directory, name));
    if (!present->is_negative())
        return fail(Errno::eexist);
    auto fresh = TRY(DentryCache::prepare(directory, name));
    DentryCache::fill(*present, fresh, TRY(parent.create(name, as)));
    return fresh;
}

/// The directory that holds the last name of `path`.
Result<Ref<Dentry>> directory_of(Ref<Dentry> directory, std::string_view& path, bool make_missing) {
    for (path::Step step = path::next(path); !step.is_last(); step = path::next(path)) {
        Ref<Dentry> next = TRY(look_up(*directory, step.name));
        if (next->is_negative()) {
            if (!make_missing)
                return fail(Errno::enoent);
            NewInode as;
            as.kind = Kind::directory;
            as.permissions = 0755;
            next = TRY(make_one(directory, step.name, as));
        }
        directory = std::move(next);
        path = step.rest;
    }
    return directory;
}

} // namespace

Result<Ref<Dentry>> make_name(Ref<Dentry> directory, std::string_view path, NewInode const& as) {
    Ref<Dentry> const parent = TRY(directory_of(std::move(directory), path, true));
    return make_one(parent, path::next(path).name, as);
}

Result<void> remove_name(Ref<Dentry> directory, std::string_view path) {
    Ref<Dentry> const parent = TRY(directory_of(std::move(directory), path, false));
    std::string_view const name = path::next(path).name;
    Ref<Dentry> victim;
    auto const lock = parent->inode()->directory_lock().lock();
    victim = TRY(look_up_locked(*parent, name));
    if (victim->is_negative())
        return fail(Errno::enoent);
    TRY(parent->inode()->unlink(name, *victim->inode()));
    DentryCache::remove(*victim);
    return {};
}

} // namespace vfs
