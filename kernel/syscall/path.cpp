// System calls on paths. Argument checking lives here; behaviour lives in kernel/vfs.
#include "kernel/syscall/path.hpp"

#include "kernel/syscall/places.hpp"
#include "kernel/vfs/operations.hpp"

namespace sys {

using process::NewDescriptor;
using process::OnExec;
using uapi::Open;

Result<NewDescriptor> open(process::Thread& caller, UserPath const& path, OpenBits flags,
                           u32 mode) {
    return openat(caller, at_cwd, path, flags, mode);
}

Result<NewDescriptor> openat(process::Thread& caller, DirFd directory, UserPath const& path,
                             OpenBits flags, u32 mode) {
    auto slot = TRY(
        caller.reserve_descriptor(flags.has(Open::close_on_exec) ? OnExec::close : OnExec::keep));
    vfs::Caller const who = caller.caller();
    auto const start = TRY(start_of(caller, who, directory, path));
    // F_GETFL shows the flag that 64-bit programs need not give.
    auto file = TRY(vfs::open(who, start, path, flags | Open::large_file, mode & 07777));
    return NewDescriptor(std::move(slot), std::move(file));
}

Result<NewDescriptor> creat(process::Thread& caller, UserPath const& path, u32 mode) {
    return openat(caller, at_cwd, path, OpenBits(Open::write_only) | Open::create | Open::truncate,
                  mode);
}

Result<void> access(process::Thread& caller, UserPath const& path, u32 mode) {
    return faccessat2(caller, at_cwd, path, mode, 0);
}

Result<void> faccessat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode) {
    return faccessat2(caller, directory, path, mode, 0);
}

namespace {

/// access(2) asks for the real user, not the effective one.
vfs::Caller real_caller(process::Thread& caller) {
    auto const now = caller.credentials();
    if (now->fsuid == now->uid && now->fsgid == now->gid)
        return caller.caller();
    auto real = make_ref<vfs::Credentials>(*now);
    real->fsuid = now->uid;
    real->fsgid = now->gid;
    real->effective = now->uid == Uid{} ? now->permitted : vfs::CapabilitySet();
    return vfs::Caller(Ref<vfs::Credentials const>(std::move(real)), caller.fs());
}

} // namespace

Result<void> faccessat2(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode,
                        u32 flags) {
    if ((mode & ~7u) != 0)
        return fail(Errno::einval);
    TRY(check_at_flags(flags, uapi::at_eaccess | uapi::at_symlink_nofollow | uapi::at_empty_path));
    auto const who = (flags & uapi::at_eaccess) != 0 ? caller.caller() : real_caller(caller);
    vfs::WalkFlags how;
    if ((flags & uapi::at_symlink_nofollow) == 0)
        how |= vfs::Walk::follow_last;
    if ((flags & uapi::at_empty_path) != 0)
        how |= vfs::Walk::empty_path;
    auto const start = TRY(start_of(caller, directory, path));
    auto const place = TRY(vfs::walk(who, start, path, how));
    return vfs::access(who, place, vfs::Permissions::from_bits(mode));
}

Result<void> mkdir(process::Thread& caller, UserPath const& path, u32 mode) {
    return mkdirat(caller, at_cwd, path, mode);
}

Result<void> mkdirat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode) {
    auto const start = TRY(start_of(caller, directory, path));
    return vfs::make_directory(caller.caller(), start, path, mode);
}

Result<void> mknod(process::Thread& caller, UserPath const& path, u32 mode, u32 device) {
    return mknodat(caller, at_cwd, path, mode, device);
}

Result<void> mknodat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode,
                     u32 device) {
    u32 const type = mode & uapi::s_ifmt;
    vfs::Kind kind = vfs::Kind::regular;
    switch (type) {
    case 0:
        break;
    case uapi::s_ifreg:
    case uapi::s_ifchr:
    case uapi::s_ifblk:
    case uapi::s_ififo:
    case uapi::s_ifsock:
        kind = static_cast<vfs::Kind>(type);
        break;
    case uapi::s_ifdir:
        return fail(Errno::eperm);
    default:
        return fail(Errno::einval);
    }
    auto const start = TRY(start_of(caller, directory, path));
    return vfs::make_node(caller.caller(), start, path, kind, mode & 07777,
                          vfs::DeviceNumber::decode(device));
}

Result<void> rmdir(process::Thread& caller, UserPath const& path) {
    return unlinkat(caller, at_cwd, path, uapi::at_removedir);
}

Result<void> unlink(process::Thread& caller, UserPath const& path) {
    return unlinkat(caller, at_cwd, path, 0);
}

Result<void> unlinkat(process::Thread& caller, DirFd directory, UserPath const& path, u32 flags) {
    TRY(check_at_flags(flags, uapi::at_removedir));
    auto const start = TRY(start_of(caller, directory, path));
    if ((flags & uapi::at_removedir) != 0)
        return vfs::remove_directory(caller.caller(), start, path);
    return vfs::unlink(caller.caller(), start, path);
}

Result<void> rename(process::Thread& caller, UserPath const& from, UserPath const& to) {
    return renameat2(caller, at_cwd, from, at_cwd, to, 0);
}

Result<void> renameat(process::Thread& caller, DirFd from_directory, UserPath const& from,
                      DirFd to_directory, UserPath const& to) {
    return renameat2(caller, from_directory, from, to_directory, to, 0);
}

Result<void> renameat2(process::Thread& caller, DirFd from_directory, UserPath const& from,
                       DirFd to_directory, UserPath const& to, u32 flags) {
    vfs::RenameRule rule = vfs::RenameRule::replace;
    if (flags == uapi::rename_noreplace)
        rule = vfs::RenameRule::no_replace;
    else if (flags == uapi::rename_exchange)
        rule = vfs::RenameRule::exchange;
    else if (flags != 0) // RENAME_WHITEOUT is for overlay file systems
        return fail(Errno::einval);
    auto const from_start = TRY(start_of(caller, from_directory, from));
    auto const to_start = TRY(start_of(caller, to_directory, to));
    return vfs::rename(caller.caller(), from_start, from, to_start, to, rule);
}

Result<void> link(process::Thread& caller, UserPath const& from, UserPath const& to) {
    return linkat(caller, at_cwd, from, at_cwd, to, 0);
}

Result<void> linkat(process::Thread& caller, DirFd from_directory, UserPath const& from,
                    DirFd to_directory, UserPath const& to, u32 flags) {
    TRY(check_at_flags(flags, uapi::at_symlink_follow | uapi::at_empty_path));
    u32 how = (flags & uapi::at_symlink_follow) != 0 ? 0 : uapi::at_symlink_nofollow;
    if ((flags & uapi::at_empty_path) != 0) {
        if (!caller.credentials()->has(vfs::Capability::dac_read_search))
            return fail(Errno::enoent);
        how |= uapi::at_empty_path;
    }
    auto const existing = TRY(find_place(caller, from_directory, from, how));
    auto const start = TRY(start_of(caller, to_directory, to));
    return vfs::make_link(caller.caller(), existing, start, to);
}

Result<void> symlink(process::Thread& caller, UserPath const& target, UserPath const& path) {
    return symlinkat(caller, target, at_cwd, path);
}

Result<void> symlinkat(process::Thread& caller, UserPath const& target, DirFd directory,
                       UserPath const& path) {
    auto const start = TRY(start_of(caller, directory, path));
    return vfs::make_symbolic_link(caller.caller(), target, start, path);
}

Result<usize> readlink(process::Thread& caller, UserPath const& path, UserSink into) {
    return readlinkat(caller, at_cwd, path, into);
}

Result<usize> readlinkat(process::Thread& caller, DirFd directory, UserPath const& path,
                         UserSink into) {
    if (into.left() == 0 || into.left() > INT32_MAX)
        return fail(Errno::einval);
    auto const place =
        TRY(find_place(caller, directory, path, uapi::at_symlink_nofollow | uapi::at_empty_path));
    if (path.view().empty() && place.inode()->kind() != vfs::Kind::symbolic_link)
        return fail(Errno::enoent);
    String const target = TRY(vfs::read_link(caller.caller(), place));
    return into.write(bytes_of(target.view().substr(0, into.left())));
}

Result<void> truncate(process::Thread& caller, UserPath const& path, i64 size) {
    if (size < 0)
        return fail(Errno::einval);
    auto const place = TRY(find_place(caller, at_cwd, path, 0));
    return vfs::truncate(caller.caller(), place, static_cast<u64>(size));
}

Result<void> chdir(process::Thread& caller, UserPath const& path) {
    auto place = TRY(find_place(caller, at_cwd, path, 0));
    TRY(vfs::check_enterable(caller.caller(), place));
    caller.fs().set_cwd(std::move(place));
    return {};
}

Result<void> fchdir(process::Thread& caller, Fd fd) {
    auto const file = TRY(caller.files().find_any(fd));
    TRY(vfs::check_enterable(caller.caller(), file->place()));
    caller.fs().set_cwd(file->place());
    return {};
}

Result<void> chroot(process::Thread& caller, UserPath const& path) {
    auto place = TRY(find_place(caller, at_cwd, path, 0));
    TRY(vfs::check_enterable(caller.caller(), place));
    if (!caller.credentials()->has(vfs::Capability::sys_chroot))
        return fail(Errno::eperm);
    caller.fs().set_root(std::move(place));
    return {};
}

Result<usize> getcwd(process::Thread& caller, UserSink into) {
    auto const cwd = caller.fs().cwd();
    if (cwd.dentry->is_deleted())
        return fail(Errno::enoent);
    String path = vfs::path_of(cwd, caller.fs().root());
    path.push_back('\0');
    if (path.size() > into.left())
        return fail(Errno::erange);
    usize const written = TRY(into.write(bytes_of(path.view())));
    return written == path.size() ? Result<usize>(written) : fail(Errno::efault);
}

u32 umask(process::Thread& caller, u32 mask) {
    return caller.fs().set_umask(mask);
}

} // namespace sys
