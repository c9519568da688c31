// System calls on open files. Argument checking lives here; behaviour lives in kernel/vfs.
#include "kernel/syscall/file.hpp"

#include "kernel/process/signals.hpp"

namespace sys {

namespace {

Result<void> check_offset(i64 offset) {
    if (offset < 0)
        return fail(Errno::einval);
    return {};
}

/// So many bytes are nowhere in user memory.
Result<void> check_count(mem::Transfer const& transfer) {
    if (static_cast<isize>(transfer.left()) < 0)
        return fail(Errno::efault);
    return {};
}

} // namespace

Result<usize> after_write(process::Thread& caller, Result<usize> written) {
    if (!written && written.error() == Errno::epipe)
        process::raise(caller, process::Signal::pipe);
    return written;
}

Result<usize> read(process::Thread& caller, Fd fd, UserSink into) {
    auto const file = TRY(caller.file(fd));
    TRY(check_count(into));
    return file->read(into);
}

Result<usize> write(process::Thread& caller, Fd fd, UserSource from) {
    auto const file = TRY(caller.file(fd));
    TRY(check_count(from));
    return after_write(caller, file->write(from));
}

Result<usize> pread64(process::Thread& caller, Fd fd, UserSink into, i64 offset) {
    TRY(check_offset(offset));
    auto const file = TRY(caller.file(fd));
    TRY(check_count(into));
    return file->read_at(into, static_cast<u64>(offset));
}

Result<usize> pwrite64(process::Thread& caller, Fd fd, UserSource from, i64 offset) {
    TRY(check_offset(offset));
    auto const file = TRY(caller.file(fd));
    TRY(check_count(from));
    return after_write(caller, file->write_at(from, static_cast<u64>(offset)));
}

Result<usize> readv(process::Thread& caller, Fd fd, IoVector into) {
    auto const file = TRY(caller.file(fd));
    if (!file->readable())
        return fail(Errno::ebadf);
    auto const ranges = TRY(into.ranges());
    mem::Sink sink(ranges);
    return file->read(sink);
}

Result<usize> writev(process::Thread& caller, Fd fd, IoVector from) {
    auto const file = TRY(caller.file(fd));
    if (!file->writable())
        return fail(Errno::ebadf);
    auto const ranges = TRY(from.ranges());
    mem::Source source(ranges);
    return after_write(caller, file->write(source));
}

Result<usize> preadv(process::Thread& caller, Fd fd, IoVector into, i64 offset) {
    TRY(check_offset(offset));
    auto const file = TRY(caller.file(fd));
    auto const ranges = TRY(into.ranges());
    mem::Sink sink(ranges);
    return file->read_at(sink, static_cast<u64>(offset));
}

Result<usize> pwritev(process::Thread& caller, Fd fd, IoVector from, i64 offset) {
    TRY(check_offset(offset));
    auto const file = TRY(caller.file(fd));
    auto const ranges = TRY(from.ranges());
    mem::Source source(ranges);
    return after_write(caller, file->write_at(source, static_cast<u64>(offset)));
}

Result<usize> preadv2(process::Thread& caller, Fd fd, IoVector into, i64 offset, u64, u32 flags) {
    if (flags != 0)
        return fail(Errno::enotsup);
    return offset == -1 ? readv(caller, fd, into) : preadv(caller, fd, into, offset);
}

Result<usize> pwritev2(process::Thread& caller, Fd fd, IoVector from, i64 offset, u64, u32 flags) {
    if (flags != 0)
        return fail(Errno::enotsup);
    return offset == -1 ? writev(caller, fd, from) : pwritev(caller, fd, from, offset);
}

Result<i64> lseek(process::Thread& caller, Fd fd, i64 offset, int whence) {
    auto const file = TRY(caller.file(fd));
    if (whence < uapi::seek_set || whence > uapi::seek_hole)
        return fail(Errno::einval);
    u64 const position = TRY(file->seek(offset, static_cast<vfs::SeekFrom>(whence)));
    return static_cast<i64>(position);
}

Result<i64> ioctl(process::Thread& caller, Fd fd, u32 command, UserAddr argument) {
    constexpr u32 fionclex = 0x5450, fioclex = 0x5451, fionbio = 0x5421, fionread = 0x541b;
    auto const file = TRY(caller.file(fd));
    switch (command) {
    case fioclex:
        TRY(caller.files().set_on_exec(fd, process::OnExec::close));
        return 0;
    case fionclex:
        TRY(caller.files().set_on_exec(fd, process::OnExec::keep));
        return 0;
    case fionbio: {
        i32 const on = TRY(copy_in<i32>(argument));
        auto const nonblocking = vfs::OpenFlags(uapi::Open::nonblocking);
        TRY(file->set_flags(on != 0 ? file->flags() | nonblocking
                                    : file->flags().without(nonblocking)));
        return 0;
    }
    case fionread:
        if (file->inode().kind() == vfs::Kind::regular) {
            i64 const left =
                static_cast<i64>(file->attributes().size) - static_cast<i64>(file->offset());
            TRY(copy_out(argument, static_cast<i32>(left)));
            return 0;
        }
        break;
    default:
        break;
    }
    return file->control(command, argument);
}

Result<void> ftruncate(process::Thread& caller, Fd fd, i64 size) {
    TRY(check_offset(size));
    auto const file = TRY(caller.file(fd));
    return file->truncate(static_cast<u64>(size));
}

Result<void> fallocate(process::Thread& caller, Fd fd, u32 mode, i64 offset, i64 size) {
    auto const file = TRY(caller.file(fd));
    if (offset < 0 || size <= 0)
        return fail(Errno::einval);
    return file->allocate(mode, static_cast<u64>(offset), static_cast<u64>(size));
}

Result<void> fsync(process::Thread& caller, Fd fd) {
    auto const file = TRY(caller.file(fd));
    return file->sync();
}

Result<void> fdatasync(process::Thread& caller, Fd fd) {
    return fsync(caller, fd);
}

Result<void> sync(process::Thread& caller) {
    // Linux's sync(2) cannot fail; every file system here is its own one so far.
    for (auto const& mount : caller.fs().mounts().all())
        static_cast<void>(mount->file_system().sync());
    return {};
}

Result<void> syncfs(process::Thread& caller, Fd fd) {
    auto const file = TRY(caller.file(fd));
    return file->inode().file_system().sync();
}

Result<void> sync_file_range(process::Thread& caller, Fd fd, i64 offset, i64 size, u32 flags) {
    auto const file = TRY(caller.file(fd));
    if ((flags & ~7u) != 0 || offset < 0 || size < 0)
        return fail(Errno::einval);
    if (file->is_stream())
        return fail(Errno::espipe);
    return file->sync();
}

Result<void> fadvise64(process::Thread& caller, Fd fd, i64, i64 size, int advice) {
    auto const file = TRY(caller.file(fd));
    if (file->is_stream())
        return fail(Errno::espipe);
    if (size < 0 || advice < 0 || advice > 5)
        return fail(Errno::einval);
    return {}; // advice only: pages come and go as they are used
}

Result<void> readahead(process::Thread& caller, Fd fd, i64, usize) {
    auto const file = TRY(caller.file(fd));
    if (!file->readable())
        return fail(Errno::ebadf);
    if (file->inode().kind() != vfs::Kind::regular)
        return fail(Errno::einval);
    return {}; // as for fadvise64
}

} // namespace sys
