// Flags of open(2), fcntl(2), the *at(2) calls and file locks, as on Linux x86-64.
#pragma once

#include <cstdint>

namespace uapi {

/// open(2). The access mode is the lowest two bits, not flags.
enum class Open : std::uint32_t {
    write_only = 01,
    read_write = 02,
    create = 0100,
    exclusive = 0200,
    no_controlling_terminal = 0400,
    truncate = 01000,
    append = 02000,
    nonblocking = 04000,
    data_sync = 010000,
    async = 020000,
    direct = 040000,
    large_file = 0100000,
    directory = 0200000,
    no_follow = 0400000,
    no_access_time = 01000000,
    close_on_exec = 02000000,
    sync = 04000000, ///< together with data_sync
    path = 010000000,
    temporary_bit = 020000000, ///< O_TMPFILE is this and `directory`
};

inline constexpr std::uint32_t open_access_mask = 03;

inline constexpr int at_fdcwd = -100;
inline constexpr std::uint32_t at_symlink_nofollow = 0x100;
inline constexpr std::uint32_t at_eaccess = 0x200;
inline constexpr std::uint32_t at_removedir = 0x200;
inline constexpr std::uint32_t at_symlink_follow = 0x400;
inline constexpr std::uint32_t at_no_automount = 0x800;
inline constexpr std::uint32_t at_empty_path = 0x1000;
inline constexpr std::uint32_t at_statx_sync_type = 0x6000;

inline constexpr std::uint32_t rename_noreplace = 1;
inline constexpr std::uint32_t rename_exchange = 2;
inline constexpr std::uint32_t rename_whiteout = 4;

/// access(2)
inline constexpr std::uint32_t x_ok = 1, w_ok = 2, r_ok = 4;

inline constexpr int f_dupfd = 0, f_getfd = 1, f_setfd = 2, f_getfl = 3, f_setfl = 4, f_getlk = 5,
                     f_setlk = 6, f_setlkw = 7, f_setown = 8, f_getown = 9, f_setsig = 10,
                     f_getsig = 11, f_ofd_getlk = 36, f_ofd_setlk = 37, f_ofd_setlkw = 38,
                     f_getown_ex = 16, f_dupfd_cloexec = 1030, f_setpipe_sz = 1031,
                     f_getpipe_sz = 1032;
inline constexpr std::int32_t f_owner_pid = 1, f_owner_pgrp = 2;

struct f_owner_ex {
    std::int32_t type;
    std::int32_t pid;
};

inline constexpr int fd_cloexec = 1;

inline constexpr std::int16_t f_rdlck = 0, f_wrlck = 1, f_unlck = 2;

struct flock {
    std::int16_t type;
    std::int16_t whence;
    std::int32_t padding;
    std::int64_t start;
    std::int64_t length;
    std::int32_t pid;
    std::int32_t padding_end;
};

static_assert(sizeof(flock) == 32);

/// flock(2)
inline constexpr int lock_sh = 1, lock_ex = 2, lock_nb = 4, lock_un = 8;

inline constexpr int seek_set = 0, seek_cur = 1, seek_end = 2, seek_data = 3, seek_hole = 4;

inline constexpr std::uint32_t falloc_keep_size = 1, falloc_punch_hole = 2;

/// Directory entries as getdents64(2) packs them; `name` follows, NUL-terminated, then padding
/// to 8.
struct dirent64_header {
    std::uint64_t inode;
    std::int64_t next_offset;
    std::uint16_t record_length;
    std::uint8_t type;
};

inline constexpr std::uint32_t dirent64_name_offset = 19;

/// mount(2)
inline constexpr std::uint64_t ms_rdonly = 1, ms_nosuid = 2, ms_nodev = 4, ms_noexec = 8,
                               ms_synchronous = 16, ms_remount = 32, ms_mandlock = 64,
                               ms_dirsync = 128, ms_nosymfollow = 256, ms_noatime = 1024,
                               ms_nodiratime = 2048, ms_bind = 4096, ms_move = 8192, ms_rec = 16384,
                               ms_silent = 32768, ms_unbindable = 1 << 17, ms_private = 1 << 18,
                               ms_slave = 1 << 19, ms_shared = 1 << 20, ms_relatime = 1 << 21,
                               ms_strictatime = 1 << 24, ms_lazytime = 1 << 25,
                               ms_magic = 0xc0ed0000;
inline constexpr int mnt_force = 1, mnt_detach = 2, mnt_expire = 4, umount_nofollow = 8;

inline constexpr std::uint32_t utime_now = 0x3fffffff, utime_omit = 0x3ffffffe;

} // namespace uapi
