// Advisory locks: flock(2) on open files, fcntl(2) byte ranges of processes and of open files.
#pragma once

#include "kernel/vfs/file.hpp"

namespace vfs {

enum class LockKind : u8 { shared, exclusive };

/// Who holds byte-range locks: a descriptor table (POSIX), or a File (OFD locks).
struct LockOwner {
    void const* identity = nullptr;
    i32 pid = -1; ///< shown by F_GETLK; -1 for open-file locks
};

struct ByteRange {
    u64 start = 0;
    u64 end = UINT64_MAX; ///< one past the last byte; UINT64_MAX: to the end of any size
};

struct RecordLock {
    LockKind kind = LockKind::shared;
    ByteRange range;
    LockOwner owner;
};

enum class LockWait { try_once, wait };

/// Empty `kind` unlocks. EAGAIN, EDEADLK, ERESTARTSYS, ENOLCK.
Result<void> set_record_lock(File& file, LockOwner owner, ByteRange range,
                             std::optional<LockKind> kind, LockWait wait);
/// The lock that would be in the way.
Result<std::optional<RecordLock>> conflicting_lock(File& file, RecordLock const& wanted);
/// A descriptor of the owner was closed: all its locks on the file go.
void release_record_locks(Inode& inode, void const* owner) noexcept;

/// The last descriptor of an open file was closed.
void release_flock(File& file) noexcept;

/// flock(2). EWOULDBLOCK, ERESTARTSYS. Released with the File.
Result<void> set_flock(File& file, std::optional<LockKind> kind, LockWait wait);

} // namespace vfs
