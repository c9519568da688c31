// System calls on paths: opening, creating, removing, renaming, changing, and where a program is.
#pragma once

#include "abi/fcntl.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

template <>
inline constexpr u64 valid_flags<uapi::Open> = 037777703;

namespace sys {

// open ignores bits it does not know.
template <>
inline constexpr UnknownBits unknown_bits<uapi::Open> = UnknownBits::ignored;

template <>
inline constexpr FlagName flag_names<uapi::Open>[] = {
    {01, "O_WRONLY"},         {02, "O_RDWR"},           {0100, "O_CREAT"},
    {0200, "O_EXCL"},         {0400, "O_NOCTTY"},       {01000, "O_TRUNC"},
    {02000, "O_APPEND"},      {04000, "O_NONBLOCK"},    {04010000, "O_SYNC"},
    {010000, "O_DSYNC"},      {020000, "O_ASYNC"},      {040000, "O_DIRECT"},
    {0100000, "O_LARGEFILE"}, {020200000, "O_TMPFILE"}, {0200000, "O_DIRECTORY"},
    {0400000, "O_NOFOLLOW"},  {01000000, "O_NOATIME"},  {02000000, "O_CLOEXEC"},
    {010000000, "O_PATH"}};

using OpenBits = Flags<uapi::Open>;

Result<process::NewDescriptor> open(process::Thread& caller, UserPath const& path, OpenBits flags,
                                    u32 mode);
Result<process::NewDescriptor> openat(process::Thread& caller, DirFd directory,
                                      UserPath const& path, OpenBits flags, u32 mode);
Result<process::NewDescriptor> creat(process::Thread& caller, UserPath const& path, u32 mode);
Result<void> access(process::Thread& caller, UserPath const& path, u32 mode);
Result<void> faccessat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode);
Result<void> faccessat2(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode,
                        u32 flags);
Result<void> mkdir(process::Thread& caller, UserPath const& path, u32 mode);
Result<void> mkdirat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode);
Result<void> mknod(process::Thread& caller, UserPath const& path, u32 mode, u32 device);
Result<void> mknodat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode,
                     u32 device);
Result<void> rmdir(process::Thread& caller, UserPath const& path);
Result<void> unlink(process::Thread& caller, UserPath const& path);
Result<void> unlinkat(process::Thread& caller, DirFd directory, UserPath const& path, u32 flags);
Result<void> rename(process::Thread& caller, UserPath const& from, UserPath const& to);
Result<void> renameat(process::Thread& caller, DirFd from_directory, UserPath const& from,
                      DirFd to_directory, UserPath const& to);
Result<void> renameat2(process::Thread& caller, DirFd from_directory, UserPath const& from,
                       DirFd to_directory, UserPath const& to, u32 flags);
Result<void> link(process::Thread& caller, UserPath const& from, UserPath const& to);
Result<void> linkat(process::Thread& caller, DirFd from_directory, UserPath const& from,
                    DirFd to_directory, UserPath const& to, u32 flags);
Result<void> symlink(process::Thread& caller, UserPath const& target, UserPath const& path);
Result<void> symlinkat(process::Thread& caller, UserPath const& target, DirFd directory,
                       UserPath const& path);
Result<usize> readlink(process::Thread& caller, UserPath const& path, UserSink into);
Result<usize> readlinkat(process::Thread& caller, DirFd directory, UserPath const& path,
                         UserSink into);
Result<void> truncate(process::Thread& caller, UserPath const& path, i64 size);

Result<void> chdir(process::Thread& caller, UserPath const& path);
Result<void> fchdir(process::Thread& caller, Fd fd);
Result<void> chroot(process::Thread& caller, UserPath const& path);
Result<usize> getcwd(process::Thread& caller, UserSink into);
u32 umask(process::Thread& caller, u32 mask);

} // namespace sys
