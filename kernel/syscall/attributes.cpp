// System calls that show or change what a file is.
#include "kernel/syscall/attributes.hpp"

#include "kernel/syscall/places.hpp"
#include "kernel/vfs/operations.hpp"

namespace sys {

namespace {

uapi::timespec timespec_of(Nanoseconds time) {
    constexpr i64 second = 1'000'000'000;
    i64 whole = time.count() / second;
    i64 rest = time.count() - whole * second;
    if (rest < 0) { // before 1970: the nanoseconds still count upwards
        --whole;
        rest += second;
    }
    return {whole, rest};
}

uapi::stat stat_of(vfs::FileSystem const& file_system, vfs::Attributes const& of) {
    uapi::stat result{};
    result.device = file_system.device().encoded();
    result.inode = of.inode;
    result.links = of.links;
    result.mode = of.mode();
    result.uid = static_cast<u32>(of.uid);
    result.gid = static_cast<u32>(of.gid);
    result.special_device = of.special.encoded();
    result.size = static_cast<i64>(of.size);
    result.block_size = of.block_size;
    result.blocks = static_cast<i64>(of.blocks);
    result.accessed = timespec_of(of.accessed);
    result.modified = timespec_of(of.modified);
    result.changed = timespec_of(of.changed);
    return result;
}

uapi::stat stat_of(vfs::Inode& inode) {
    return stat_of(inode.file_system(), inode.attributes());
}

Result<uapi::stat> stat_at(process::Thread& caller, DirFd directory, std::string_view path,
                           u32 flags) {
    auto const place = TRY(find_place(caller, directory, path, flags));
    return stat_of(*place.inode());
}

uapi::statx_timestamp timestamp_of(Nanoseconds time) {
    uapi::timespec const split = timespec_of(time);
    return {split.seconds, static_cast<u32>(split.nanoseconds), 0};
}

uapi::statfs statfs_of(vfs::Mount const& mount) {
    vfs::Statistics const statistics = mount.file_system().statistics();
    uapi::statfs result{};
    result.type = static_cast<i64>(statistics.magic);
    result.block_size = result.fragment_size = static_cast<i64>(statistics.block_size);
    result.blocks = statistics.blocks;
    result.blocks_free = result.blocks_available = statistics.blocks_free;
    result.files = statistics.files;
    result.files_free = statistics.files_free;
    result.id[0] = static_cast<i32>(mount.file_system().device().encoded());
    result.name_length = vfs::longest_name;
    constexpr i64 valid = 0x20; // ST_VALID
    result.flags = valid | static_cast<i64>(mount.flags().bits() & 0xf);
    if (mount.flags().has(vfs::MountFlag::no_access_time))
        result.flags |= 1024;
    if (mount.flags().has(vfs::MountFlag::relative_access_time))
        result.flags |= 4096;
    return result;
}

} // namespace

Result<uapi::stat> stat(process::Thread& caller, UserPath const& path) {
    return stat_at(caller, at_cwd, path, 0);
}

Result<uapi::stat> lstat(process::Thread& caller, UserPath const& path) {
    return stat_at(caller, at_cwd, path, uapi::at_symlink_nofollow);
}

Result<uapi::stat> fstat(process::Thread& caller, Fd fd) {
    auto const file = TRY(caller.files().find_any(fd));
    return stat_of(file->inode().file_system(), file->attributes());
}

Result<uapi::stat> newfstatat(process::Thread& caller, DirFd directory, UserPath const& path,
                              UserAddr, u32 flags) {
    TRY(check_at_flags(flags,
                       uapi::at_symlink_nofollow | uapi::at_no_automount | uapi::at_empty_path));
    return stat_at(caller, directory, path, flags);
}

Result<uapi::statx> statx(process::Thread& caller, DirFd directory, UserPath const& path, u32 flags,
                          u32 mask) {
    if ((mask & uapi::statx_reserved) != 0)
        return fail(Errno::einval);
    TRY(check_at_flags(flags, uapi::at_symlink_nofollow | uapi::at_no_automount |
                                  uapi::at_empty_path | uapi::at_statx_sync_type));
    if ((flags & uapi::at_statx_sync_type) == uapi::at_statx_sync_type)
        return fail(Errno::einval);
    auto const place = TRY(find_place(caller, directory, path, flags));
    vfs::Attributes const of = place.inode()->attributes();
    uapi::statx result{};
    result.mask = uapi::statx_basic_stats | uapi::statx_btime | uapi::statx_mnt_id;
    result.block_size = of.block_size;
    result.attributes_mask = uapi::statx_attr_mount_root;
    if (place.dentry == place.mount->root())
        result.attributes = uapi::statx_attr_mount_root;
    result.links = of.links;
    result.uid = static_cast<u32>(of.uid);
    result.gid = static_cast<u32>(of.gid);
    result.mode = static_cast<u16>(of.mode());
    result.inode = of.inode;
    result.size = of.size;
    result.blocks = of.blocks;
    result.accessed = timestamp_of(of.accessed);
    result.born = timestamp_of(of.born);
    result.changed = timestamp_of(of.changed);
    result.modified = timestamp_of(of.modified);
    result.special_major = of.special.major;
    result.special_minor = of.special.minor;
    result.device_major = place.inode()->file_system().device().major;
    result.device_minor = place.inode()->file_system().device().minor;
    result.mount_id = place.mount->id();
    return result;
}

Result<uapi::statfs> statfs(process::Thread& caller, UserPath const& path) {
    auto const place = TRY(find_place(caller, at_cwd, path, 0));
    return statfs_of(*place.mount);
}

Result<uapi::statfs> fstatfs(process::Thread& caller, Fd fd) {
    auto const file = TRY(caller.files().find_any(fd));
    return statfs_of(*file->place().mount);
}

Result<void> chmod(process::Thread& caller, UserPath const& path, u32 mode) {
    return fchmodat(caller, at_cwd, path, mode);
}

Result<void> fchmod(process::Thread& caller, Fd fd, u32 mode) {
    auto const file = TRY(caller.file(fd));
    return vfs::change_permissions(caller.caller(), file->place(), mode);
}

Result<void> fchmodat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode) {
    auto const place = TRY(find_place(caller, directory, path, 0));
    return vfs::change_permissions(caller.caller(), place, mode);
}

namespace {

Result<void> change_owner(process::Thread& caller, vfs::Place const& place, Uid uid, Gid gid) {
    constexpr u32 keep = UINT32_MAX;
    return vfs::change_owner(caller.caller(), place,
                             static_cast<u32>(uid) == keep ? std::nullopt : std::optional<Uid>(uid),
                             static_cast<u32>(gid) == keep ? std::nullopt
                                                           : std::optional<Gid>(gid));
}

} // namespace

Result<void> chown(process::Thread& caller, UserPath const& path, Uid uid, Gid gid) {
    return fchownat(caller, at_cwd, path, uid, gid, 0);
}

Result<void> lchown(process::Thread& caller, UserPath const& path, Uid uid, Gid gid) {
    return fchownat(caller, at_cwd, path, uid, gid, uapi::at_symlink_nofollow);
}

Result<void> fchown(process::Thread& caller, Fd fd, Uid uid, Gid gid) {
    auto const file = TRY(caller.file(fd));
    return change_owner(caller, file->place(), uid, gid);
}

Result<void> fchownat(process::Thread& caller, DirFd directory, UserPath const& path, Uid uid,
                      Gid gid, u32 flags) {
    TRY(check_at_flags(flags, uapi::at_symlink_nofollow | uapi::at_empty_path));
    auto const place = TRY(find_place(caller, directory, path, flags));
    return change_owner(caller, place, uid, gid);
}

namespace {

/// What one time of utimensat(2) asks for: a time, now, or nothing.
Result<std::optional<Nanoseconds>> wanted_time(uapi::timespec const& time, Nanoseconds now) {
    if (time.nanoseconds == uapi::utime_omit)
        return std::optional<Nanoseconds>();
    if (time.nanoseconds == uapi::utime_now)
        return std::optional(now);
    if (time.nanoseconds < 0 || time.nanoseconds >= 1'000'000'000)
        return fail(Errno::einval);
    return std::optional(Nanoseconds::seconds(time.seconds) + Nanoseconds(time.nanoseconds));
}

Result<void> set_times(process::Thread& caller, vfs::Place const& place,
                       std::optional<TimespecPair> const& times) {
    Nanoseconds const now = vfs::wall_now();
    if (!times)
        return vfs::change_times(caller.caller(), place, now, now, vfs::TimeChange::now);
    auto const accessed = TRY(wanted_time(times->accessed, now));
    auto const modified = TRY(wanted_time(times->modified, now));
    if (!accessed && !modified)
        return {};
    bool const both_now = times->accessed.nanoseconds == uapi::utime_now &&
                          times->modified.nanoseconds == uapi::utime_now;
    return vfs::change_times(caller.caller(), place, accessed, modified,
                             both_now ? vfs::TimeChange::now : vfs::TimeChange::exact);
}

Result<std::optional<TimespecPair>> from_timevals(OptionalIn<TimevalPair> const& times) {
    if (!times)
        return std::optional<TimespecPair>();
    auto const valid = [](uapi::timeval const& time) {
        return time.microseconds >= 0 && time.microseconds < 1'000'000;
    };
    if (!valid(times->accessed) || !valid(times->modified))
        return fail(Errno::einval);
    return std::optional(
        TimespecPair{{times->accessed.seconds, times->accessed.microseconds * 1000},
                     {times->modified.seconds, times->modified.microseconds * 1000}});
}

} // namespace

Result<void> utimensat(process::Thread& caller, DirFd directory, UserAddr path,
                       OptionalIn<TimespecPair> const& times, u32 flags) {
    TRY(check_at_flags(flags, uapi::at_symlink_nofollow | uapi::at_empty_path));
    if (path == UserAddr()) {
        // futimens(3): the descriptor's own file.
        if (directory == at_cwd)
            return fail(Errno::efault);
        if (flags != 0)
            return fail(Errno::einval);
        auto const file = TRY(caller.file(static_cast<Fd>(std::to_underlying(directory))));
        return set_times(caller, file->place(), times.optional());
    }
    UserPath text;
    TRY(text.load(path));
    // Nothing to set, nothing to look for.
    if (times && times->accessed.nanoseconds == uapi::utime_omit &&
        times->modified.nanoseconds == uapi::utime_omit)
        return {};
    auto const place = TRY(find_place(caller, directory, text, flags));
    return set_times(caller, place, times.optional());
}

Result<void> utimes(process::Thread& caller, UserPath const& path,
                    OptionalIn<TimevalPair> const& times) {
    return futimesat(caller, at_cwd, path, times);
}

Result<void> futimesat(process::Thread& caller, DirFd directory, UserPath const& path,
                       OptionalIn<TimevalPair> const& times) {
    auto const wanted = TRY(from_timevals(times));
    auto const place = TRY(find_place(caller, directory, path, 0));
    return set_times(caller, place, wanted);
}

Result<void> utime(process::Thread& caller, UserPath const& path,
                   OptionalIn<UtimeBuffer> const& times) {
    auto const place = TRY(find_place(caller, at_cwd, path, 0));
    if (!times)
        return set_times(caller, place, std::nullopt);
    return set_times(caller, place, TimespecPair{{times->accessed, 0}, {times->modified, 0}});
}

Result<void> setxattr(process::Thread& caller, UserPath const& path, UserString<256> const&) {
    TRY(find_place(caller, at_cwd, path, 0));
    return fail(Errno::enotsup);
}

Result<void> lsetxattr(process::Thread& caller, UserPath const& path, UserString<256> const&) {
    TRY(find_place(caller, at_cwd, path, uapi::at_symlink_nofollow));
    return fail(Errno::enotsup);
}

Result<void> fsetxattr(process::Thread& caller, Fd fd, UserString<256> const&) {
    TRY(caller.file(fd));
    return fail(Errno::enotsup);
}

Result<usize> listxattr(process::Thread& caller, UserPath const& path) {
    TRY(find_place(caller, at_cwd, path, 0));
    return 0;
}

Result<usize> llistxattr(process::Thread& caller, UserPath const& path) {
    TRY(find_place(caller, at_cwd, path, uapi::at_symlink_nofollow));
    return 0;
}

Result<usize> flistxattr(process::Thread& caller, Fd fd) {
    TRY(caller.file(fd));
    return 0;
}

} // namespace sys
