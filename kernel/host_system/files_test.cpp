// Programs and files: what the calls of files, descriptors and names answer, as on Linux.
#include "kernel/host_system/system.hpp"

#include "abi/fcntl.hpp"
#include "abi/poll.hpp"
#include "abi/stat.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace host_system;

namespace {

constexpr u64 create = 0102; ///< O_RDWR | O_CREAT

i64 make_file(User& user, std::string_view path, std::string_view text) {
    i64 const fd = user.call(Syscall::open, path, create, 0644);
    EXPECT_GE(fd, 0) << path;
    EXPECT_EQ(user.call(Syscall::write, fd, text, text.size()), static_cast<i64>(text.size()));
    return fd;
}

std::string read_at(User& user, i64 fd, i64 offset, usize size = 100) {
    UserAddr const room = user.room(size);
    i64 const count = user.call(Syscall::pread64, fd, room, size, offset);
    return count < 0 ? "error" : user.text_at(room, static_cast<usize>(count));
}

TEST(Files, OffsetsAndSizes) {
    run([](User& user) {
        i64 const fd = make_file(user, "/tmp/f", "hello world");
        EXPECT_EQ(user.call(Syscall::lseek, fd, 6, 0), 6);
        UserAddr const room = user.room(100);
        EXPECT_EQ(user.call(Syscall::read, fd, room, 100), 5);
        EXPECT_EQ(user.text_at(room, 5), "world");
        EXPECT_EQ(user.call(Syscall::read, fd, room, 100), 0);
        EXPECT_EQ(user.call(Syscall::pwrite64, fd, "far", 3, 10'000), 3);
        EXPECT_EQ(user.call(Syscall::lseek, fd, 0, 2), 10'003);
        EXPECT_EQ(read_at(user, fd, 9'999, 4), std::string("\0far", 4));
        EXPECT_EQ(user.call(Syscall::lseek, fd, 20, 3), 20) << "SEEK_DATA";
        EXPECT_EQ(user.call(Syscall::lseek, fd, -1, 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::lseek, fd, 0, 9), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::ftruncate, fd, 3), 0);
        EXPECT_EQ(read_at(user, fd, 0), "hel");
        EXPECT_EQ(user.call(Syscall::truncate, "/tmp/f", 5), 0);
        EXPECT_EQ(read_at(user, fd, 0), std::string("hel\0\0", 5));
        EXPECT_EQ(user.call(Syscall::fallocate, fd, 0, 0, 50), 0);
        EXPECT_EQ(user.call(Syscall::fsync, fd), 0);
        EXPECT_EQ(user.call(Syscall::fdatasync, fd), 0);
        EXPECT_EQ(user.call(Syscall::fadvise64, fd, 0, 0, 3), 0);
        EXPECT_EQ(user.call(Syscall::read, fd, 0x10, 1), code(Errno::efault));
        EXPECT_EQ(user.call(Syscall::read, 77, 0x10, 1), code(Errno::ebadf));
    });
}

TEST(Files, PiecesOfMemory) {
    run([](User& user) {
        i64 const fd = make_file(user, "/tmp/f", "");
        UserAddr const first = user.put("abc");
        UserAddr const second = user.put("defgh");
        std::array<u64, 4> const pieces{first.value(), 3, second.value(), 5};
        UserAddr const vector = user.put_value(pieces);
        EXPECT_EQ(user.call(Syscall::writev, fd, vector, 2), 8);
        EXPECT_EQ(user.call(Syscall::pwritev, fd, vector, 1, 8), 3);
        EXPECT_EQ(read_at(user, fd, 0), "abcdefghabc");
        EXPECT_EQ(user.call(Syscall::preadv, fd, vector, 2, 3), 8);
        EXPECT_EQ(user.text_at(first, 3), "def");
        EXPECT_EQ(user.text_at(second, 5), "ghabc");
        EXPECT_EQ(user.call(Syscall::readv, fd, vector, 1025), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::preadv2, fd, vector, 1, 0, 0, 1 << 30), code(Errno::enotsup));
    });
}

TEST(Files, CopiesBetweenDescriptors) {
    run([](User& user) {
        i64 const from = make_file(user, "/tmp/from", "0123456789");
        i64 const to = make_file(user, "/tmp/to", "");
        UserAddr const offset = user.put_value(i64{2});
        EXPECT_EQ(user.call(Syscall::sendfile, to, from, offset, 3), 3);
        EXPECT_EQ(user.get<i64>(offset), 5);
        EXPECT_EQ(user.call(Syscall::copy_file_range, from, offset, to, 0, 100, 0), 5);
        EXPECT_EQ(read_at(user, to, 0), "23456789");
        UserAddr const ends = user.room(8);
        EXPECT_EQ(user.call(Syscall::pipe2, ends, 04000), 0);
        int const reader = user.get<int>(ends);
        int const writer = user.get<int>(ends + 4);
        UserAddr const start = user.put_value(i64{0});
        EXPECT_EQ(user.call(Syscall::splice, from, start, writer, 0, 4, 0), 4);
        EXPECT_EQ(user.call(Syscall::splice, reader, 0, to, 0, 100, 0), 4);
        EXPECT_EQ(read_at(user, to, 8), "0123");
        EXPECT_EQ(user.call(Syscall::splice, from, 0, to, 0, 4, 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::read, reader, start, 1), code(Errno::eagain));
    });
}

TEST(Files, Names) {
    run([](User& user) {
        EXPECT_EQ(user.call(Syscall::chdir, "/tmp"), 0);
        user.call(Syscall::close, make_file(user, "a", "x"));
        EXPECT_EQ(user.call(Syscall::link, "a", "b"), 0);
        EXPECT_EQ(user.call(Syscall::rename, "b", "c"), 0);
        EXPECT_EQ(user.call(Syscall::unlink, "b"), code(Errno::enoent));
        EXPECT_EQ(user.call(Syscall::mkdir, "d", 0755), 0);
        EXPECT_EQ(user.call(Syscall::rename, "c", "d"), code(Errno::eisdir));
        EXPECT_EQ(user.call(Syscall::renameat2, -100, "c", -100, "a", 1), code(Errno::eexist));
        EXPECT_EQ(user.call(Syscall::renameat2, -100, "c", -100, "d", 2), 0) << "exchanged";
        EXPECT_EQ(user.call(Syscall::rmdir, "c"), 0);
        EXPECT_EQ(user.call(Syscall::symlink, "a", "s"), 0);
        UserAddr const room = user.room(300);
        EXPECT_EQ(user.call(Syscall::readlink, "s", room, 300), 1);
        EXPECT_EQ(user.call(Syscall::readlink, "a", room, 300), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::open, "/loop", 0), code(Errno::eloop));
        EXPECT_EQ(user.call(Syscall::getcwd, room, 300), 5);
        EXPECT_EQ(user.text_at(room, 4), "/tmp");
        EXPECT_EQ(user.call(Syscall::getcwd, room, 3), code(Errno::erange));
        EXPECT_EQ(user.call(Syscall::mkdir, "/tmp", 0755), code(Errno::eexist));
        EXPECT_EQ(user.call(Syscall::rmdir, "/"), code(Errno::ebusy));
        EXPECT_EQ(user.call(Syscall::open, "a/b", 0), code(Errno::enotdir));
        i64 const directory = user.call(Syscall::open, ".", 0);
        i64 size = 0;
        while (i64 const more = user.call(Syscall::getdents64, directory, room, 60))
            size += more;
        EXPECT_EQ(size, 24 * 5) << ". .. a d s";
        EXPECT_EQ(user.call(Syscall::fchdir, directory), 0);
        EXPECT_EQ(user.call(Syscall::chroot, "/etc"), 0);
        EXPECT_EQ(user.call(Syscall::access, "/text", 4), 0);
    });
}

TEST(Files, Attributes) {
    run([](User& user) {
        i64 const fd = make_file(user, "/tmp/f", "12345");
        UserAddr const room = user.room(sizeof(uapi::statx));
        EXPECT_EQ(user.call(Syscall::fchmod, fd, 0640), 0);
        EXPECT_EQ(user.call(Syscall::chown, "/tmp/f", 7, 8), 0);
        EXPECT_EQ(user.call(Syscall::fstat, fd, room), 0);
        auto const status = user.get<uapi::stat>(room);
        EXPECT_EQ(status.mode, uapi::s_ifreg | 0640);
        EXPECT_EQ(status.uid, 7u);
        EXPECT_EQ(status.gid, 8u);
        EXPECT_EQ(status.size, 5);
        std::array<i64, 4> const times{100, 1, 200, 2};
        EXPECT_EQ(user.call(Syscall::utimensat, -100, "/tmp/f", user.put_value(times), 0), 0);
        EXPECT_EQ(user.call(Syscall::statx, -100, "/tmp/f", 0, 0x7ff, room), 0);
        auto const more = user.get<uapi::statx>(room);
        EXPECT_EQ(more.accessed.seconds, 100);
        EXPECT_EQ(more.modified.nanoseconds, 2u);
        EXPECT_EQ(user.call(Syscall::statfs, "/proc", room), 0);
        EXPECT_EQ(user.get<i64>(room), 0x9fa0);
        EXPECT_EQ(user.call(Syscall::umask, 077), 022);
        user.call(Syscall::close, make_file(user, "/tmp/g", ""));
        EXPECT_EQ(user.call(Syscall::lstat, "/tmp/g", room), 0);
        EXPECT_EQ(user.get<uapi::stat>(room).mode, uapi::s_ifreg | 0600);
        EXPECT_EQ(user.call(Syscall::setxattr, "/tmp/g", "user.x", "1", 1, 0),
                  code(Errno::enotsup));
        EXPECT_EQ(user.call(Syscall::setresuid, 1000, 1000, 1000), 0);
        EXPECT_EQ(user.call(Syscall::open, "/tmp/g", 0), code(Errno::eacces));
        EXPECT_EQ(user.call(Syscall::chmod, "/tmp/g", 0777), code(Errno::eperm));
        EXPECT_EQ(user.call(Syscall::unlink, "/tmp/g"), code(Errno::eperm)) << "sticky /tmp";
        EXPECT_EQ(user.call(Syscall::mknod, "/tmp/n", 0020666, 0x103), code(Errno::eperm));
        EXPECT_EQ(user.call(Syscall::faccessat2, -100, "/etc/text", 2, 0), code(Errno::eacces));
    });
}

TEST(Files, Descriptors) {
    run([](User& user) {
        i64 const fd = make_file(user, "/tmp/f", "");
        EXPECT_EQ(user.call(Syscall::dup2, fd, 9), 9);
        EXPECT_EQ(user.call(Syscall::dup3, fd, fd, 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::fcntl, fd, 0, 20), 20) << "F_DUPFD";
        EXPECT_EQ(user.call(Syscall::fcntl, fd, 1030, 0), 4) << "F_DUPFD_CLOEXEC";
        EXPECT_EQ(user.call(Syscall::fcntl, 4, 1), 1) << "F_GETFD";
        EXPECT_EQ(user.call(Syscall::fcntl, fd, 4, 02000), 0) << "F_SETFL";
        EXPECT_EQ(user.call(Syscall::fcntl, fd, 3) & 02003, 02002) << "F_GETFL";
        EXPECT_EQ(user.call(Syscall::flock, fd, 2), 0);
        i64 const other = user.call(Syscall::open, "/tmp/f", 2);
        EXPECT_EQ(user.call(Syscall::flock, other, 2 | 4), code(Errno::eagain));
        EXPECT_EQ(user.call(Syscall::close_range, 5, ~0u, 0), 0);
        EXPECT_EQ(user.call(Syscall::close, 9), code(Errno::ebadf));
        std::array<u64, 2> const limit{4, 4};
        EXPECT_EQ(user.call(Syscall::setrlimit, 7, user.put_value(limit)), 0);
        EXPECT_EQ(user.call(Syscall::dup, fd), code(Errno::emfile));
    });
}

TEST(Files, ReadinessOfPipes) {
    run([](User& user) {
        UserAddr const ends = user.room(8);
        user.call(Syscall::pipe, ends);
        int const reader = user.get<int>(ends);
        int const writer = user.get<int>(ends + 4);
        std::array<uapi::pollfd, 3> const asked{{{reader, 1, 0}, {writer, 4, 0}, {99, 1, 0}}};
        UserAddr const list = user.put_value(asked);
        EXPECT_EQ(user.call(Syscall::poll, list, 3, 50), 2);
        auto answers = user.get<std::array<uapi::pollfd, 3>>(list);
        EXPECT_EQ(answers[0].results, 0);
        EXPECT_EQ(answers[1].results, 4);
        EXPECT_EQ(answers[2].results, 0x20);
        EXPECT_EQ(user.call(Syscall::poll, list, 1, 1000), 0) << "a second passes";
        user.call(Syscall::write, writer, "x", 1);
        UserAddr const set = user.put_value(u64{1} << reader);
        EXPECT_EQ(user.call(Syscall::select, reader + 1, set, 0, 0, 0), 1);
        EXPECT_EQ(user.call(Syscall::ppoll, list, 1, 0, 0, 8), 1);
        user.call(Syscall::close, writer);
        EXPECT_EQ(user.call(Syscall::poll, list, 1, -1), 1);
        EXPECT_EQ(user.get<uapi::pollfd>(list).results, 1 | 0x10);
        EXPECT_EQ(user.call(Syscall::select, -1, 0, 0, 0, 0), code(Errno::einval));
    });
}

TEST(Files, Mounts) {
    run([](User& user) {
        EXPECT_EQ(user.call(Syscall::mkdir, "/tmp/m", 0755), 0);
        EXPECT_EQ(user.call(Syscall::mount, "none", "/tmp/m", "tmpfs", 1, "size=64k"), 0);
        EXPECT_EQ(user.call(Syscall::open, "/tmp/m/f", create, 0644), code(Errno::erofs));
        EXPECT_EQ(user.call(Syscall::mount, "none", "/tmp/m", "", 32, 0), 0) << "remounted";
        i64 const fd = make_file(user, "/tmp/m/f", "x");
        EXPECT_EQ(user.call(Syscall::pwrite64, fd, memory, 100'000, 0), 65536);
        EXPECT_EQ(user.call(Syscall::umount2, "/tmp/m", 0), code(Errno::ebusy));
        EXPECT_EQ(user.call(Syscall::mount, "/etc", "/tmp/m", "", 4096, 0), 0) << "bound";
        EXPECT_EQ(user.call(Syscall::access, "/tmp/m/text", 0), 0);
        EXPECT_EQ(user.call(Syscall::umount2, "/tmp/m", 0), 0);
        EXPECT_EQ(user.call(Syscall::umount2, "/tmp/m", 2), 0) << "detached";
        EXPECT_EQ(read_at(user, fd, 0, 1).size(), 1u) << "while it is open";
        EXPECT_EQ(user.call(Syscall::umount2, "/tmp/m", 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::mount, "none", "/tmp/m", "nonsense", 0, 0),
                  code(Errno::enodev));
    });
}

} // namespace
