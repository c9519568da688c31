// Path walking: from a path's text to the place it names, with Linux's rules.
#include "kernel/vfs/walk.hpp"

#include "libs/path/components.hpp"

namespace vfs {

Result<Ref<Dentry>> look_up_locked(Dentry& directory, std::string_view name) {
    if (name.size() > longest_name)
        return fail(Errno::enametoolong);
    Inode& inode = *directory.inode();
    bool const cacheable = inode.names_are_cacheable();
    if (cacheable)
        if (Ref<Dentry> found = DentryCache::find(directory, name))
            return found;
    auto child = inode.lookup(name);
    if (!child && child.error().code() != Errno::enoent)
        return fail(child.error().code(), child.error().where());
    Ref<Inode> target = child ? std::move(*child) : Ref<Inode>();
    auto const parent = Ref<Dentry>::share(&directory);
    return cacheable ? DentryCache::add(parent, name, std::move(target))
                     : DentryCache::uncached(parent, name, std::move(target));
}

Result<Ref<Dentry>> look_up(Dentry& directory, std::string_view name) {
    Inode& inode = *directory.inode();
    if (inode.names_are_cacheable())
        if (Ref<Dentry> found = DentryCache::find(directory, name))
            return found;
    auto const lock = inode.directory_lock().lock();
    return look_up_locked(directory, name);
}

Result<void> check_access(Caller const& caller, Place const& place, Permissions wanted) {
    Attributes const attributes = place.inode()->attributes();
    if (wanted.has(Permission::write) && place.mount->read_only() &&
        (attributes.kind == Kind::regular || attributes.kind == Kind::directory ||
         attributes.kind == Kind::symbolic_link))
        return fail(Errno::erofs);
    if (wanted.has(Permission::execute) && attributes.kind == Kind::regular &&
        place.mount->flags().has(MountFlag::no_execution))
        return fail(Errno::eacces);
    return check_permission(*caller.credentials, attributes, wanted);
}

namespace {

/// One walk: where it is, what is left of the path, and how many links it followed.
class Walker {
public:
    /// `path` starts at `start`, unless it says itself where.
    Walker(Caller const& caller, Place const& start, std::string_view path)
        : caller_(caller), at_(path::is_absolute(path) ? caller.root : start) {}

    /// Takes all of the path; the last component as `flags` say. Links are followed without
    /// recursion: what is left of the outer path waits in pending_.
    Result<void> run(std::string_view path, WalkFlags flags) {
        for (;;) {
            path::Step const step = path.empty() ? path::Step() : path::next(path);
            if (step.name.empty()) {
                if (pending_.empty())
                    break;
                Pending const outer = std::move(pending_.back());
                pending_.pop_back();
                unfinished_ -= !outer.rest.empty();
                TRY(check_directory(outer.slash_follows));
                path = outer.rest;
                continue;
            }
            path = step.rest;
            TRY(enter_name(step, flags, path));
        }
        return check_directory(flags.has(Walk::must_be_directory));
    }

    Place place() && { return std::move(at_); }

    /// The directory about to be searched may be.
    Result<void> check_searchable() {
        if (!at_.inode()->is_directory())
            return fail(Errno::enotdir);
        if (at_.inode()->open_to_all())
            return {};
        return check_permission(*caller_.credentials, at_.inode()->attributes(),
                                Permission::execute);
    }

private:
    /// A link's text that is being walked, and what follows the link in the path it stood in.
    struct Pending {
        String text;
        std::string_view rest;
        bool slash_follows = false;
    };

    Result<void> check_directory(bool required) const {
        if (required && !at_.dentry->is_negative() && !at_.inode()->is_directory())
            return fail(Errno::enotdir);
        return {};
    }

    /// Takes one step; `path` is what is walked next, and becomes a link's text if it was one.
    Result<void> enter_name(path::Step const& step, WalkFlags flags, std::string_view& path) {
        TRY(check_searchable());
        if (path::is_dot(step.name))
            return {};
        if (path::is_dot_dot(step.name)) {
            climb();
            return {};
        }
        bool const last = step.is_last() && unfinished_ == 0;
        Ref<Dentry> child = TRY(look_up(*at_.dentry, step.name));
        if (child->is_negative()) {
            if (!last || !flags.has(Walk::allow_negative))
                return fail(Errno::enoent);
            at_.dentry = std::move(child);
            return {};
        }
        bool const follow =
            !last || step.slash_follows || !pending_.empty() || flags.has(Walk::follow_last);
        if (child->inode()->kind() == Kind::symbolic_link && follow)
            return follow_link(*child, step, flags, path);
        at_.dentry = std::move(child);
        if (at_.dentry->is_mount_point())
            at_ = caller_.mounts->enter(std::move(at_));
        return check_directory(step.slash_follows);
    }

    /// `at_` is the directory that holds the link.
    Result<void> follow_link(Dentry& link, path::Step const& step, WalkFlags flags,
                             std::string_view& path) {
        if (++links_ > most_links_followed || at_.mount->flags().has(MountFlag::no_symlinks))
            return fail(Errno::eloop);
        LinkTarget target = TRY(link.inode()->read_link(*caller_.credentials));
        if (target.place) {
            if (flags.has(Walk::no_magic_links))
                return fail(Errno::eloop);
            at_ = *target.place;
            return check_directory(step.slash_follows);
        }
        if (target.text.empty())
            return fail(Errno::enoent);
        Pending& entered =
            pending_.emplace_back(std::move(target.text), step.rest, step.slash_follows);
        unfinished_ += !entered.rest.empty();
        path = entered.text.view(); // its characters stay in place when pending_ grows
        if (path::is_absolute(path))
            at_ = caller_.root;
        return {};
    }

    void climb() {
        for (;;) {
            if (at_ == caller_.root)
                return;
            if (at_.dentry != at_.mount->root()) {
                if (Ref<Dentry> parent = at_.dentry->parent())
                    at_.dentry = std::move(parent);
                break;
            }
            auto above = caller_.mounts->leave(at_);
            if (!above)
                return;
            at_ = std::move(*above);
        }
        // The directory arrived at may itself be covered.
        if (at_.dentry->is_mount_point())
            at_ = caller_.mounts->enter(std::move(at_));
    }

    Caller const& caller_;
    Place at_;
    Vector<Pending> pending_;
    u32 unfinished_ = 0; ///< entries of pending_ with more components to come
    u32 links_ = 0;
};

Result<void> check_path(std::string_view path) {
    if (path.size() >= longest_path)
        return fail(Errno::enametoolong);
    return {};
}

} // namespace

Result<Place> walk(Caller const& caller, Place const& start, std::string_view path,
                   WalkFlags flags) {
    TRY(check_path(path));
    if (path.empty() && !flags.has(Walk::empty_path))
        return fail(Errno::enoent);
    Walker walker(caller, start, path);
    TRY(walker.run(path, flags));
    return std::move(walker).place();
}

Result<LastName> walk_to_last(Caller const& caller, Place const& start, std::string_view path) {
    TRY(check_path(path));
    if (path.empty())
        return fail(Errno::enoent);
    path::Split const split = path::split_last(path);
    // Comparisons of strings are noexcept: before anything is owned.
    bool const special =
        split.name.empty() || path::is_dot(split.name) || path::is_dot_dot(split.name);
    Walker walker(caller, start, path);
    TRY(walker.run(split.directory, Walk::follow_last));
    TRY(walker.check_searchable());
    if (split.name.size() > longest_name)
        return fail(Errno::enametoolong);
    LastName last;
    last.special = special;
    last.trailing_slash = split.trailing_slash;
    last.name = String(split.name);
    last.directory = std::move(walker).place();
    return last;
}

} // namespace vfs
