// File: an open file description, shared by the descriptors that dup() and fork() made of it.
#pragma once

#include "kernel/mem/transfer.hpp"
#include "kernel/vfs/mount.hpp"
#include "kernel/vfs/poll.hpp"

namespace vfs {

using OpenFlags = Flags<uapi::Open>;

/// Receives directory entries one by one.
class DirectorySink {
public:
    /// `next` is the position after this entry. False: full, this entry was not taken.
    virtual bool take(std::string_view name, u64 inode, Kind kind, u64 next) = 0;

protected:
    ~DirectorySink() = default;
};

/// The public part is what system calls use: it checks the access mode, keeps the offset, stamps
/// times. Implementers override the protected part.
class File : public RefCounted {
public:
    ~File() override;

    Place const& place() const { return place_; }

    Inode& inode() const { return *place_.inode(); }

    /// Without creation flags (O_CREAT, O_EXCL, O_TRUNC, O_NOCTTY) and without O_CLOEXEC.
    OpenFlags flags() const { return OpenFlags::from_bits(flags_.load()); }

    /// F_SETFL: O_APPEND, O_NONBLOCK, O_NOATIME, O_DIRECT (EINVAL) and O_ASYNC; the rest stays.
    Result<void> set_flags(OpenFlags flags);

    bool readable() const;
    bool writable() const;

    bool is_path_only() const { return flags().has(uapi::Open::path); }

    bool nonblocking() const { return flags().has(uapi::Open::nonblocking); }

    // read(2) and friends: EBADF by access mode, EISDIR, ESPIPE.
    Result<usize> read(mem::Sink& into);
    Result<usize> read_at(mem::Sink& into, u64 offset);
    Result<usize> write(mem::Source& from);
    Result<usize> write_at(mem::Source& from, u64 offset);
    virtual Result<u64> seek(i64 offset, SeekFrom from);
    /// getdents64(2): ENOTDIR, ENOENT when the directory was removed.
    Result<void> list(DirectorySink& into);
    Result<void> truncate(u64 size);
    Result<void> allocate(u32 mode, u64 offset, u64 size);

    /// ENOTTY when the file knows no such command.
    virtual Result<i64> control(u32 command, UserAddr argument);
    /// Readiness now; when `waiter` is given it watches what may change it.
    virtual PollEvents poll(PollWaiter* waiter);
    /// What mmap maps: ENODEV when it cannot be. `shared_writable`: a MAP_SHARED mapping that may
    /// be written.
    virtual Result<Ref<mem::PageSource>> map();
    virtual Result<void> sync();

    /// No offset: pipes, terminals, sockets. Such reads and writes run without the offset lock.
    virtual bool is_stream() const { return false; }

    /// One descriptor that referred to it was closed (close(2)'s result).
    virtual Result<void> flush() { return {}; }

    virtual Attributes attributes() { return inode().attributes(); }

    /// For /proc/PID/fdinfo.
    u64 offset();

    /// F_SETOWN, F_SETSIG: kept for F_GETOWN.
    Atomic<i32> owner{0};

protected:
    File(Place place, OpenFlags flags);

    /// Bytes read, 0 at the end. Streams ignore `offset`.
    virtual Result<usize> read_bytes(mem::Sink& into, u64 offset);

    /// Bytes written. With O_APPEND the implementation chooses the offset (see `Written`).
    struct Written {
        usize bytes;
        u64 end_offset;
    };

    virtual Result<Written> write_bytes(mem::Source& from, u64 offset);
    /// Entries from position `from` on. 0 and 1 are "." and ".."; the VFS gives those itself, so
    /// implementers see positions from 2.
    virtual Result<void> list_entries(DirectorySink& into, u64 from);
    virtual Result<void> allocate_bytes(u32 mode, u64 offset, u64 size);

    /// Whether O_DIRECT may be set.
    virtual bool supports_direct() const { return false; }

    /// SEEK_DATA and SEEK_HOLE: ENXIO beyond the end. The default knows no holes.
    virtual Result<u64> seek_content(u64 offset, SeekFrom from);

private:
    friend class Opener;
    friend class FlockMark;
    void accessed();

    Place place_;
    Atomic<u32> flags_;
    bool counts_as_writer_ = false;
    Atomic<bool> has_flock_{false};
    ksync::SleepLocked<ksync::Turn, ksync::Rank::open_file>
        moving_; ///< by whoever changes the offset
    Atomic<u64> offset_{0};
};

/// An O_PATH file, or a directory whose names the file system can list.
Result<Ref<File>> open_path_only(Place place, OpenFlags flags);

} // namespace vfs
