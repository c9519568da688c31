// Where the paths of system calls start, and what their flags mean for the walk.
#include "kernel/syscall/places.hpp"

namespace sys {

Result<vfs::Place> start_of(process::Thread& caller, DirFd directory, std::string_view path) {
    if (path.starts_with('/'))
        return caller.fs().root();
    if (directory == at_cwd)
        return caller.fs().cwd();
    auto const file = TRY(caller.files().find_any(static_cast<Fd>(std::to_underlying(directory))));
    return file->place();
}

Result<vfs::Place> find_place(process::Thread& caller, DirFd directory, std::string_view path,
                              u32 flags) {
    vfs::WalkFlags how;
    if ((flags & uapi::at_symlink_nofollow) == 0)
        how |= vfs::Walk::follow_last;
    if ((flags & uapi::at_empty_path) != 0)
        how |= vfs::Walk::empty_path;
    vfs::Place const start = TRY(start_of(caller, directory, path));
    return vfs::walk(caller.caller(), start, path, how);
}

Result<void> check_at_flags(u32 flags, u32 known) {
    if ((flags & ~known) != 0)
        return fail(Errno::einval);
    return {};
}

} // namespace sys
