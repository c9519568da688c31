// Files: the descriptor's side.
#include "user/os/file.hpp"

#include "user/abi/linnet.h"
#include "user/os/path.hpp"
#include "user/os/status.hpp"

namespace os {

using core::call;
using core::Syscall;

FileStatus status_of(uapi::stat const& raw) noexcept {
    auto const time = [](uapi::timespec const& at) {
        return Nanoseconds::seconds(at.seconds) + Nanoseconds(at.nanoseconds);
    };
    return {.type = static_cast<FileType>((raw.mode & uapi::s_ifmt) >> 12),
            .mode = Mode(raw.mode & 07777),
            .size = static_cast<u64>(raw.size),
            .blocks = static_cast<u64>(raw.blocks),
            .inode = raw.inode,
            .device = raw.device,
            .special_device = raw.special_device,
            .links = raw.links,
            .owner = Uid(raw.uid),
            .group = Gid(raw.gid),
            .modified = time(raw.modified),
            .accessed = time(raw.accessed),
            .changed = time(raw.changed)};
}

Result<File> File::open(std::string_view path, Flags<Open> flags, Mode mode) {
    CString const name(path);
    for (;;) {
        auto opened = handle(call(Syscall::openat, uapi::at_fdcwd, name.data(),
                                  (flags | Open::close_on_exec).bits(), mode));
        if (opened)
            return File(std::move(*opened));
        if (!(opened.error() == Errno::eintr))
            return std::unexpected(opened.error());
    }
}

Result<File> File::create(std::string_view path, Mode mode) {
    return open(path, Open::write_only | Flags(Open::create) | Open::truncate, mode);
}

Result<usize> File::read(Bytes into) const {
    for (;;) {
        auto const count = checked(call(Syscall::read, fd(), into.data(), into.size()));
        if (count || !(count.error() == Errno::eintr))
            return count;
    }
}

Result<usize> File::read_at(Bytes into, u64 offset) const {
    for (;;) {
        auto const count = checked(call(Syscall::pread64, fd(), into.data(), into.size(), offset));
        if (count || !(count.error() == Errno::eintr))
            return count;
    }
}

Result<usize> File::read_full(Bytes into) const {
    usize done = 0;
    while (done != into.size()) {
        usize const count = TRY(read(into.subspan(done)));
        if (count == 0)
            break;
        done += count;
    }
    return done;
}

Result<void> File::write(ConstBytes from) const {
    return succeeded(linnet_write_all(static_cast<int>(fd()), from.data(), from.size()));
}

Result<usize> File::write_some(ConstBytes from) const {
    return checked(call(Syscall::write, fd(), from.data(), from.size()));
}

Result<u64> File::seek(i64 offset, From from) const {
    return TRY(checked(call(Syscall::lseek, fd(), offset, from)));
}

Result<FileStatus> File::status() const {
    uapi::stat raw;
    TRY(succeeded(call(Syscall::fstat, fd(), &raw)));
    return status_of(raw);
}

Result<void> File::truncate(u64 size) const {
    return succeeded(call(Syscall::ftruncate, fd(), size));
}

Result<void> File::sync() const {
    return succeeded(call(Syscall::fsync, fd()));
}

namespace {

Result<void> lock_whole(Fd fd, int command) {
    uapi::flock whole = {};
    whole.type = uapi::f_wrlck;
    return succeeded(call(Syscall::fcntl, fd, command, &whole));
}

} // namespace

Result<void> File::lock() const {
    for (;;) {
        auto const locked = lock_whole(fd(), uapi::f_setlkw);
        if (locked || locked.error() != Errno::eintr)
            return locked;
    }
}

Result<bool> File::try_lock() const {
    auto const locked = lock_whole(fd(), uapi::f_setlk);
    if (!locked && locked.error() != Errno::eagain && locked.error() != Errno::eacces)
        return std::unexpected(locked.error());
    return locked.has_value();
}

Result<String> read_file(std::string_view path) {
    auto const file = TRY(File::open(path));
    String text;
    for (char buffer[4096];;) {
        usize const count = TRY(file.read(std::as_writable_bytes(std::span(buffer))));
        if (count == 0)
            return text;
        text.append({buffer, count});
    }
}

Result<void> write_file(std::string_view path, std::string_view text, Mode mode) {
    return TRY(File::create(path, mode))
    .write(text);
}

Result<void> set_blocking(Fd fd, Blocking how) {
    auto const flags = TRY(checked(call(Syscall::fcntl, fd, uapi::f_getfl)));
    constexpr auto bit = static_cast<usize>(Open::nonblocking);
    return succeeded(
        call(Syscall::fcntl, fd, uapi::f_setfl, how == Blocking::yes ? flags & ~bit : flags | bit));
}

Result<Pipe> make_pipe(Flags<Open> flags) {
    int ends[2];
    TRY(succeeded(call(Syscall::pipe2, ends, (flags | Open::close_on_exec).bits())));
    return Pipe{File(Handle(Fd(ends[0]))), File(Handle(Fd(ends[1])))};
}

Result<void> duplicate(Fd from, Fd to) {
    return succeeded(call(Syscall::dup2, from, to));
}

} // namespace os
