// Where the paths of system calls start, and what their flags mean for the walk.
#include "kernel/syscall/places.hpp"

#include "libs/path/components.hpp"

namespace sys {

Result<vfs::Place> start_of(process::Thread& caller, DirFd directory, std::string_view path) {
    vfs::Caller const who = caller.caller();
    Start const start = TRY(start_of(caller, who, directory, path));
    return vfs::Place(start);
}

Result<Start> start_of(process::Thread& caller, vfs::Caller const& who, DirFd directory,
                       std::string_view path) {
    if (directory == at_cwd || path::is_absolute(path))
        return Start(who.cwd);
    return Start(TRY(caller.files().find_any(static_cast<Fd>(std::to_underlying(directory)))));
}

Result<vfs::Place> find_place(process::Thread& caller, DirFd directory, std::string_view path,
                              u32 flags) {
    vfs::WalkFlags how;
    if ((flags & uapi::at_symlink_nofollow) == 0)
        how |= vfs::Walk::follow_last;
    if ((flags & uapi::at_empty_path) != 0)
        how |= vfs::Walk::empty_path;
    vfs::Caller const who = caller.caller();
    Start const start = TRY(start_of(caller, who, directory, path));
    return vfs::walk(who, start, path, how);
}

Result<void> check_at_flags(u32 flags, u32 known) {
    if ((flags & ~known) != 0)
        return fail(Errno::einval);
    return {};
}

} // namespace sys
