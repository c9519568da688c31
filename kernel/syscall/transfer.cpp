// Moving bytes between files inside the kernel: sendfile, splice, copy_file_range.
#include "kernel/syscall/transfer.hpp"

#include "kernel/mem/frames.hpp"
#include "kernel/syscall/file.hpp"
#include "kernel/vfs/pipe.hpp"

#include <algorithm>
#include <optional>

namespace sys {

namespace {

constexpr usize most_bytes = 0x7fff'f000;

/// One end: the file's own offset, or one that the caller keeps.
struct End {
    Ref<vfs::File> file;
    std::optional<u64> at;

    Result<usize> read(mem::Sink& into) {
        if (!at)
            return file->read(into);
        usize const count = TRY(file->read_at(into, *at));
        *at += count;
        return count;
    }

    Result<usize> write(mem::Source& from) {
        if (!at)
            return file->write(from);
        usize const count = TRY(file->write_at(from, *at));
        *at += count;
        return count;
    }
};

Result<std::optional<u64>> offset_of(Out<i64> const& offset, vfs::File const& file,
                                     Errno negative = Errno::einval) {
    if (!offset)
        return std::optional<u64>();
    if (file.is_stream())
        return fail(Errno::espipe);
    i64 const value = TRY(offset.read());
    if (value < 0)
        return fail(negative);
    return std::optional(static_cast<u64>(value));
}

Result<void> store_offset(Out<i64> const& offset, End const& end) {
    return end.at ? offset.write(static_cast<i64>(*end.at)) : Result<void>();
}

/// What was read and could not be written is put back, by seeking.
void take_back(End& from, usize count) {
    if (from.at)
        *from.at -= count;
    else if (!from.file->is_stream())
        static_cast<void>(from.file->seek(-static_cast<i64>(count), vfs::SeekFrom::current));
}

/// Through one page. Stops at the first short write, and after one short read of a stream.
Result<usize> move_bytes(End& from, End& to, usize count) {
    mem::Frame const page = TRY(mem::Frame::allocate(mem::Fill::any));
    usize done = 0;
    while (done < count) {
        Bytes const buffer = page.bytes().first(std::min(count - done, page_size));
        auto sink = mem::Sink::kernel(buffer);
        auto got = from.read(sink);
        if (!got) {
            if (done == 0)
                return got;
            break;
        }
        if (*got == 0)
            break;
        auto source = mem::Source::kernel(ConstBytes(buffer).first(*got));
        usize written = 0;
        while (written < *got) {
            auto put = to.write(source);
            if (!put) {
                take_back(from, *got - written);
                if (done + written == 0)
                    return put;
                return done + written;
            }
            written += *put;
        }
        done += *got;
        if (from.file->is_stream())
            break;
    }
    return done;
}

} // namespace

Result<usize> sendfile(process::Thread& caller, Fd to, Fd from, Out<i64> offset, usize count) {
    End source;
    source.file = TRY(caller.file(from));
    if (!source.file->readable())
        return fail(Errno::ebadf);
    source.at = TRY(offset_of(offset, *source.file));
    End target;
    target.file = TRY(caller.file(to));
    if (!target.file->writable())
        return fail(Errno::ebadf);
    // Linux needs a page cache below the source; so terminals and pipes are refused.
    if (source.file->is_stream() || source.file->inode().is_directory())
        return fail(Errno::einval);
    if (target.file->flags().has(uapi::Open::append))
        return fail(Errno::einval);
    auto moved = after_write(caller, move_bytes(source, target, std::min(count, most_bytes)));
    if (moved)
        TRY(store_offset(offset, source));
    return moved;
}

Result<usize> splice(process::Thread& caller, Fd from, Out<i64> from_offset, Fd to,
                     Out<i64> to_offset, usize count, u32 flags) {
    if ((flags & ~15u) != 0)
        return fail(Errno::einval);
    if (count == 0)
        return 0;
    End source;
    source.file = TRY(caller.file(from));
    End target;
    target.file = TRY(caller.file(to));
    if (!source.file->readable() || !target.file->writable())
        return fail(Errno::ebadf);
    if (vfs::as_pipe(*source.file) == nullptr && vfs::as_pipe(*target.file) == nullptr)
        return fail(Errno::einval);
    if (vfs::as_pipe(*source.file) == vfs::as_pipe(*target.file))
        return fail(Errno::einval);
    source.at = TRY(offset_of(from_offset, *source.file));
    target.at = TRY(offset_of(to_offset, *target.file));
    if (target.file->flags().has(uapi::Open::append))
        return fail(Errno::einval);
    // A pipe that takes less than a page would lose what was read from another pipe, so both
    // stay whole by moving no more than fits atomically.
    usize const most = source.file->is_stream() ? vfs::pipe_atomic_size : most_bytes;
    auto moved = after_write(caller, move_bytes(source, target, std::min(count, most)));
    if (moved) {
        TRY(store_offset(from_offset, source));
        TRY(store_offset(to_offset, target));
    }
    return moved;
}

Result<usize> copy_file_range(process::Thread& caller, Fd from, Out<i64> from_offset, Fd to,
                              Out<i64> to_offset, usize count, u32 flags) {
    End source;
    source.file = TRY(caller.file(from));
    End target;
    target.file = TRY(caller.file(to));
    if (flags != 0)
        return fail(Errno::einval);
    if (!source.file->readable() || !target.file->writable() ||
        target.file->flags().has(uapi::Open::append))
        return fail(Errno::ebadf);
    if (source.file->inode().is_directory() || target.file->inode().is_directory())
        return fail(Errno::eisdir);
    if (source.file->inode().kind() != vfs::Kind::regular ||
        target.file->inode().kind() != vfs::Kind::regular)
        return fail(Errno::einval);
    if (&source.file->inode().file_system() != &target.file->inode().file_system())
        return fail(Errno::exdev);
    source.at = TRY(offset_of(from_offset, *source.file, Errno::eoverflow));
    target.at = TRY(offset_of(to_offset, *target.file, Errno::eoverflow));
    u64 const start = source.at.value_or(source.file->offset());
    u64 const goal = target.at.value_or(target.file->offset());
    count = std::min(count, most_bytes);
    bool const overlap = &source.file->inode() == &target.file->inode() && start < goal + count &&
                         goal < start + count;
    if (overlap)
        return fail(Errno::einval);
    auto moved = move_bytes(source, target, count);
    if (moved) {
        TRY(store_offset(from_offset, source));
        TRY(store_offset(to_offset, target));
    }
    return moved;
}

} // namespace sys
