// System calls that show or change what a file is: stat, chmod, chown, utimes, statfs, xattr.
#pragma once

#include "abi/stat.hpp"
#include "abi/time.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

Result<uapi::stat> stat(process::Thread& caller, UserPath const& path);
Result<uapi::stat> lstat(process::Thread& caller, UserPath const& path);
Result<uapi::stat> fstat(process::Thread& caller, Fd fd);
Result<uapi::stat> newfstatat(process::Thread& caller, DirFd directory, UserPath const& path,
                              UserAddr to, u32 flags);
Result<uapi::statx> statx(process::Thread& caller, DirFd directory, UserPath const& path, u32 flags,
                          u32 mask);
Result<uapi::statfs> statfs(process::Thread& caller, UserPath const& path);
Result<uapi::statfs> fstatfs(process::Thread& caller, Fd fd);

Result<void> chmod(process::Thread& caller, UserPath const& path, u32 mode);
Result<void> fchmod(process::Thread& caller, Fd fd, u32 mode);
Result<void> fchmodat(process::Thread& caller, DirFd directory, UserPath const& path, u32 mode);
Result<void> chown(process::Thread& caller, UserPath const& path, Uid uid, Gid gid);
Result<void> lchown(process::Thread& caller, UserPath const& path, Uid uid, Gid gid);
Result<void> fchown(process::Thread& caller, Fd fd, Uid uid, Gid gid);
Result<void> fchownat(process::Thread& caller, DirFd directory, UserPath const& path, Uid uid,
                      Gid gid, u32 flags);

struct TimespecPair {
    uapi::timespec accessed, modified;
};

struct TimevalPair {
    uapi::timeval accessed, modified;
};

struct UtimeBuffer {
    i64 accessed, modified;
};

/// The path may be a null pointer, so it is copied by hand.
Result<void> utimensat(process::Thread& caller, DirFd directory, UserAddr path,
                       OptionalIn<TimespecPair> const& times, u32 flags);
Result<void> utimes(process::Thread& caller, UserPath const& path,
                    OptionalIn<TimevalPair> const& times);
Result<void> futimesat(process::Thread& caller, DirFd directory, UserPath const& path,
                       OptionalIn<TimevalPair> const& times);
Result<void> utime(process::Thread& caller, UserPath const& path,
                   OptionalIn<UtimeBuffer> const& times);

// No file system here has extended attributes.
Result<void> setxattr(process::Thread& caller, UserPath const& path, UserString<256> const& name);
Result<void> lsetxattr(process::Thread& caller, UserPath const& path, UserString<256> const& name);
Result<void> fsetxattr(process::Thread& caller, Fd fd, UserString<256> const& name);
Result<usize> listxattr(process::Thread& caller, UserPath const& path);
Result<usize> llistxattr(process::Thread& caller, UserPath const& path);
Result<usize> flistxattr(process::Thread& caller, Fd fd);

} // namespace sys
