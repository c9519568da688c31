// System calls on the mount tree.
#include "kernel/syscall/mount.hpp"

#include "kernel/log/log.hpp"
#include "kernel/syscall/places.hpp"
#include "kernel/vfs/operations.hpp"

namespace sys {

namespace {

vfs::MountFlags mount_flags(u64 bits) {
    using enum vfs::MountFlag;
    vfs::MountFlags const kept = vfs::MountFlags(read_only) | no_setuid | no_devices |
                                 no_execution | no_symlinks | no_access_time |
                                 no_directory_access_time | relative_access_time;
    auto flags = vfs::MountFlags::from_bits(static_cast<u32>(bits)) & kept;
    // relatime is what Linux does unless told otherwise.
    if ((bits & (uapi::ms_noatime | uapi::ms_strictatime)) == 0)
        flags |= relative_access_time;
    return flags;
}

Result<String> optional_text(UserAddr at) {
    if (at == UserAddr())
        return String();
    auto text = make<UserPath>();
    TRY(text->load(at));
    return String(text->view());
}

} // namespace

Result<void> mount(process::Thread& caller, UserAddr source_at, UserPath const& target,
                   UserAddr type_at, u64 flags, UserAddr data_at) {
    String const source = TRY(optional_text(source_at));
    String const type = TRY(optional_text(type_at));
    if ((flags & 0xffff0000) == uapi::ms_magic)
        flags &= 0xffff;
    auto const who = caller.caller();
    auto const at = TRY(find_place(caller, at_cwd, target, 0));
    if (!who.credentials->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    if ((flags & uapi::ms_remount) != 0)
        return who.mounts->remount(at, mount_flags(flags));
    if ((flags & uapi::ms_bind) != 0) {
        auto const from = TRY(find_place(caller, at_cwd, source, 0));
        return who.mounts->bind(from, at, {});
    }
    if ((flags & (uapi::ms_private | uapi::ms_slave | uapi::ms_unbindable)) != 0)
        return {}; // every mount here is private: there is one mount tree
    if ((flags & uapi::ms_shared) != 0)
        return fail(Errno::einval);
    if ((flags & uapi::ms_move) != 0) {
        auto const from = TRY(find_place(caller, at_cwd, source, 0));
        return who.mounts->move(from, at);
    }
    if (type_at == UserAddr())
        return fail(Errno::einval);
    String const options = TRY(optional_text(data_at));
    auto const from = source.empty() ? std::string_view("none") : source.view();
    TRY(vfs::mount(who, from, at, type, mount_flags(flags), options));
    klog::info("mounted {source} ({type}) on {target}", from, type.view(), target.view());
    return {};
}

Result<void> umount2(process::Thread& caller, UserPath const& target, int flags) {
    if ((flags &
         ~(uapi::mnt_force | uapi::mnt_detach | uapi::mnt_expire | uapi::umount_nofollow)) != 0)
        return fail(Errno::einval);
    auto const at =
        TRY(find_place(caller, at_cwd, target,
                       (flags & uapi::umount_nofollow) != 0 ? uapi::at_symlink_nofollow : 0));
    if (!caller.credentials()->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    if ((flags & uapi::mnt_expire) != 0)
        return fail(Errno::einval);
    return caller.fs().mounts().unmount(at, (flags & uapi::mnt_detach) != 0
                                                ? vfs::MountTree::Unmount::detach
                                                : vfs::MountTree::Unmount::if_unused);
}

Result<void> swapon(process::Thread& caller, UserPath const& path, u32) {
    return swapoff(caller, path);
}

Result<void> swapoff(process::Thread& caller, UserPath const& path) {
    if (!caller.credentials()->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    TRY(find_place(caller, at_cwd, path, 0));
    return fail(Errno::einval);
}

Result<void> pivot_root(process::Thread& caller, UserPath const& new_root,
                        UserPath const& put_old) {
    if (!caller.credentials()->has(vfs::Capability::sys_admin))
        return fail(Errno::eperm);
    auto const fresh = TRY(find_place(caller, at_cwd, new_root, 0));
    TRY(find_place(caller, at_cwd, put_old, 0));
    // The root is the initial file system, which cannot be moved; Linux says the same then.
    static_cast<void>(fresh);
    return fail(Errno::einval);
}

} // namespace sys
