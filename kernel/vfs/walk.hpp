// Path walking: from a path's text to the place it names, with Linux's rules.
#pragma once

#include "kernel/vfs/context.hpp"

namespace vfs {

enum class Walk : u32 {
    follow_last = 1, ///< a symbolic link at the end is followed
    must_be_directory = 2,
    empty_path = 4,     ///< "" names the start itself (AT_EMPTY_PATH)
    allow_negative = 8, ///< the last name need not exist: the place's dentry may be negative
    no_magic_links = 16,
};
using WalkFlags = Flags<Walk>;

constexpr WalkFlags operator|(Walk a, Walk b) {
    return WalkFlags(a) | b;
}

/// Follows `path` from `start` (the cwd, or a descriptor's directory). ENOENT, ENOTDIR, EACCES,
/// ELOOP, ENAMETOOLONG. A trailing slash makes the last component a directory that is followed.
Result<Place> walk(Caller const& caller, Place const& start, std::string_view path,
                   WalkFlags flags = Walk::follow_last);

/// The directory in which the last component of `path` is to be created, removed or renamed.
struct LastName {
    Place directory;
    String name; ///< "." and ".." only when `special`; empty for "/"
    bool special = false;
    bool trailing_slash = false;
};

/// Everything but the last component followed. ENOENT for "".
Result<LastName> walk_to_last(Caller const& caller, Place const& start, std::string_view path);

/// One name in a directory (not "." or ".."), without mounts or permission checks: a dentry that
/// may be negative. The caller must not hold the directory's lock.
Result<Ref<Dentry>> look_up(Dentry& directory, std::string_view name);
/// As look_up(), with the directory's lock held by the caller.
Result<Ref<Dentry>> look_up_locked(Dentry& directory, std::string_view name);

/// EACCES and EROFS as open and access decide them for `place`.
Result<void> check_access(Caller const& caller, Place const& place, Permissions wanted);

} // namespace vfs
