// System calls on descriptors: close, dup, fcntl and locks.
#include "kernel/syscall/descriptor.hpp"

#include "kernel/vfs/file_locks.hpp"
#include "kernel/vfs/pipe.hpp"

namespace sys {

using process::NewDescriptor;
using process::OnExec;
using uapi::Open;
using vfs::OpenFlags;

namespace {

OnExec on_exec_of(u32 flags) {
    return OpenFlags::from_bits(flags).has(Open::close_on_exec) ? OnExec::close : OnExec::keep;
}

} // namespace

Result<void> close(process::Thread& caller, Fd fd) {
    return caller.files().close(fd);
}

Result<void> close_range(process::Thread& caller, u32 first, u32 last, u32 flags) {
    constexpr u32 unshare = 2, cloexec = 4;
    if ((flags & ~(unshare | cloexec)) != 0 || first > last)
        return fail(Errno::einval);
    if ((flags & unshare) != 0)
        caller.set_files(TRY(caller.files().clone()));
    if ((flags & cloexec) != 0)
        caller.files().set_close_on_exec_range(first, last);
    else
        caller.files().close_range(first, last);
    return {};
}

Result<NewDescriptor> dup(process::Thread& caller, Fd fd) {
    auto file = TRY(caller.files().find_any(fd));
    auto slot = TRY(caller.reserve_descriptor());
    return NewDescriptor(std::move(slot), std::move(file));
}

Result<Fd> dup2(process::Thread& caller, Fd from, Fd to) {
    auto file = TRY(caller.files().find_any(from));
    if (from == to)
        return to;
    return caller.files().replace(to, std::move(file), OnExec::keep,
                                  caller.process().soft_limit(uapi::Limit::open_files));
}

Result<Fd> dup3(process::Thread& caller, Fd from, Fd to, u32 flags) {
    if ((flags & ~static_cast<u32>(Open::close_on_exec)) != 0 || from == to)
        return fail(Errno::einval);
    auto file = TRY(caller.files().find_any(from));
    return caller.files().replace(to, std::move(file), on_exec_of(flags),
                                  caller.process().soft_limit(uapi::Limit::open_files));
}

namespace {

/// Byte range of a struct flock, from the file's position as `whence` says.
Result<vfs::ByteRange> range_of(vfs::File& file, uapi::flock const& lock) {
    i64 base = 0;
    if (lock.whence == uapi::seek_cur)
        base = static_cast<i64>(file.offset());
    else if (lock.whence == uapi::seek_end)
        base = static_cast<i64>(file.attributes().size);
    else if (lock.whence != uapi::seek_set)
        return fail(Errno::einval);
    i64 start = 0;
    if (__builtin_add_overflow(base, lock.start, &start))
        return fail(Errno::eoverflow);
    if (start < 0)
        return fail(Errno::einval);
    if (lock.length == 0)
        return vfs::ByteRange{static_cast<u64>(start), UINT64_MAX};
    i64 end = 0;
    if (__builtin_add_overflow(start, lock.length, &end))
        return fail(Errno::eoverflow);
    if (lock.length < 0) {
        std::swap(start, end);
        if (start < 0)
            return fail(Errno::einval);
    }
    return vfs::ByteRange{static_cast<u64>(start), static_cast<u64>(end)};
}

Result<std::optional<vfs::LockKind>> kind_of(i16 type) {
    switch (type) {
    case uapi::f_rdlck:
        return std::optional(vfs::LockKind::shared);
    case uapi::f_wrlck:
        return std::optional(vfs::LockKind::exclusive);
    case uapi::f_unlck:
        return std::optional<vfs::LockKind>();
    default:
        return fail(Errno::einval);
    }
}

/// POSIX locks belong to the descriptor table, open-file locks to the File.
Result<vfs::LockOwner> owner_of(process::Thread& caller, vfs::File& file, bool of_file,
                                uapi::flock const& lock) {
    if (!of_file)
        return vfs::LockOwner{&caller.files(), static_cast<i32>(caller.process().id())};
    if (lock.pid != 0)
        return fail(Errno::einval);
    return vfs::LockOwner{&file, -1};
}

Result<void> look_at_lock(process::Thread& caller, vfs::File& file, UserAddr argument,
                          bool of_file) {
    auto lock = TRY(copy_in<uapi::flock>(argument));
    auto const kind = TRY(kind_of(lock.type));
    if (!kind)
        return fail(Errno::einval);
    auto const range = TRY(range_of(file, lock));
    auto const owner = TRY(owner_of(caller, file, of_file, lock));
    auto const conflict = TRY(vfs::conflicting_lock(file, {*kind, range, owner}));
    if (!conflict) {
        lock.type = uapi::f_unlck;
    } else {
        lock.type = conflict->kind == vfs::LockKind::shared ? uapi::f_rdlck : uapi::f_wrlck;
        lock.whence = uapi::seek_set;
        lock.start = static_cast<i64>(conflict->range.start);
        lock.length = conflict->range.end == UINT64_MAX
                          ? 0
                          : static_cast<i64>(conflict->range.end - conflict->range.start);
        lock.pid = conflict->owner.pid;
    }
    return copy_out(argument, lock);
}

Result<void> set_lock(process::Thread& caller, vfs::File& file, UserAddr argument, bool of_file,
                      vfs::LockWait wait) {
    auto const lock = TRY(copy_in<uapi::flock>(argument));
    auto const kind = TRY(kind_of(lock.type));
    auto const range = TRY(range_of(file, lock));
    auto const owner = TRY(owner_of(caller, file, of_file, lock));
    return vfs::set_record_lock(file, owner, range, kind, wait);
}

Result<i64> control_lock(process::Thread& caller, vfs::File& file, int command, UserAddr argument) {
    bool const of_file = command >= uapi::f_ofd_getlk;
    switch (command) {
    case uapi::f_getlk:
    case uapi::f_ofd_getlk:
        TRY(look_at_lock(caller, file, argument, of_file));
        return 0;
    case uapi::f_setlk:
    case uapi::f_ofd_setlk:
        TRY(set_lock(caller, file, argument, of_file, vfs::LockWait::try_once));
        return 0;
    default:
        TRY(set_lock(caller, file, argument, of_file, vfs::LockWait::wait));
        return 0;
    }
}

Result<i64> duplicate(process::Thread& caller, Ref<vfs::File> file, u64 lowest, OnExec on_exec) {
    if (lowest >= caller.process().soft_limit(uapi::Limit::open_files))
        return fail(Errno::einval);
    auto slot = TRY(caller.reserve_descriptor(on_exec, static_cast<int>(lowest)));
    return std::to_underlying(std::move(slot).install(std::move(file)));
}

} // namespace

Result<i64> fcntl(process::Thread& caller, Fd fd, int command, u64 argument) {
    auto const file = TRY(caller.files().find_any(fd));
    switch (command) {
    case uapi::f_dupfd:
        return duplicate(caller, file, argument, OnExec::keep);
    case uapi::f_dupfd_cloexec:
        return duplicate(caller, file, argument, OnExec::close);
    case uapi::f_getfd:
        return TRY(caller.files().on_exec(fd))
        == OnExec::close ? uapi::fd_cloexec : 0;
    case uapi::f_setfd:
        TRY(caller.files().set_on_exec(fd, (argument & uapi::fd_cloexec) != 0 ? OnExec::close
                                                                              : OnExec::keep));
        return 0;
    case uapi::f_getfl:
        return file->flags().bits();
    default:
        break;
    }
    if (file->is_path_only())
        return fail(Errno::ebadf);
    switch (command) {
    case uapi::f_setfl:
        TRY(file->set_flags(OpenFlags::from_bits(static_cast<u32>(argument))));
        return 0;
    case uapi::f_getlk:
    case uapi::f_setlk:
    case uapi::f_setlkw:
    case uapi::f_ofd_getlk:
    case uapi::f_ofd_setlk:
    case uapi::f_ofd_setlkw:
        return control_lock(caller, *file, command, UserAddr(argument));
    case uapi::f_getown:
        return file->owner.load();
    case uapi::f_getown_ex: {
        i32 const owner = file->owner.load();
        TRY(copy_out(UserAddr(argument),
                     uapi::f_owner_ex{owner < 0 ? uapi::f_owner_pgrp : uapi::f_owner_pid,
                                      owner < 0 ? -owner : owner}));
        return 0;
    }
    case uapi::f_getsig:
        return 0; // F_SETSIG is refused
    case uapi::f_setown:
        file->owner.store(static_cast<i32>(argument));
        return 0;
    case uapi::f_getpipe_sz:
        return static_cast<i64>(TRY(vfs::pipe_capacity(*file)));
    case uapi::f_setpipe_sz:
        return static_cast<i64>(
            TRY(vfs::set_pipe_capacity(*file, argument, *caller.credentials())));
    default:
        return fail(Errno::einval);
    }
}

Result<void> flock(process::Thread& caller, Fd fd, int operation) {
    auto const file = TRY(caller.file(fd));
    auto const wait =
        (operation & uapi::lock_nb) != 0 ? vfs::LockWait::try_once : vfs::LockWait::wait;
    switch (operation & ~uapi::lock_nb) {
    case uapi::lock_sh:
        return vfs::set_flock(*file, vfs::LockKind::shared, wait);
    case uapi::lock_ex:
        return vfs::set_flock(*file, vfs::LockKind::exclusive, wait);
    case uapi::lock_un:
        return vfs::set_flock(*file, std::nullopt, wait);
    default:
        return fail(Errno::einval);
    }
}

Result<process::NewDescriptorPair> pipe(process::Thread& caller) {
    return pipe2(caller, UserAddr(), 0);
}

Result<process::NewDescriptorPair> pipe2(process::Thread& caller, UserAddr, u32 bits) {
    auto const flags = OpenFlags::from_bits(bits);
    if (!flags.without(OpenFlags(Open::nonblocking) | Open::close_on_exec).none())
        return fail(Errno::einval);
    auto ends = TRY(vfs::create_pipe(flags, *caller.credentials()));
    auto reader = TRY(caller.reserve_descriptor(on_exec_of(bits)));
    auto writer = TRY(caller.reserve_descriptor(on_exec_of(bits)));
    return process::NewDescriptorPair(NewDescriptor(std::move(reader), std::move(ends.reader)),
                                      NewDescriptor(std::move(writer), std::move(ends.writer)));
}

} // namespace sys
