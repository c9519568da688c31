// Corner cases of what is known about files: access, times, statx, file systems, locks.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace corners {
namespace {

void accesses() {
    mkdir("d", 0700);
    file_with("d/f", "");
    file_with("f", "");
    chmod("f", 0);
    chmod(".", 0755);
    SHOW(access("f", R_OK | W_OK));
    SHOW(access("f", X_OK));
    SHOW(access("f", 8));
    SHOW(access("missing", F_OK));
    SHOW(access("f/x", F_OK));
    SHOW(access("/proc/version", W_OK));
    SHOW(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
    SHOW(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, 1));
    SHOW(syscall(SYS_faccessat2, open("f", O_PATH), "", R_OK, AT_EMPTY_PATH));
    in_child([] {
        become_nobody();
        SHOW(access("f", F_OK));
        SHOW(access("f", R_OK));
        SHOW(access("d", X_OK));
        SHOW(access("d/f", F_OK));
        SHOW(access("d/missing", F_OK));
        SHOW(access("d/..", F_OK));
        SHOW(open("f", O_RDONLY));
        SHOW(open("f", O_PATH) >= 0);
        SHOW(open("new", O_CREAT | O_RDWR, 0644));
        SHOW(open("d/f", O_CREAT | O_EXCL, 0644));
        SHOW(unlink("f"));
        SHOW(unlink("missing"));
        SHOW(rmdir("d"));
        SHOW(mkdir("f", 0755));
        SHOW(mkdir("new", 0755));
        SHOW(rename("f", "g"));
        SHOW(link("f", "g"));
        SHOW(chdir("d"));
        SHOW(chroot("."));
        SHOW(mknod("n", S_IFCHR, 0));
        SHOW(truncate("f", 0));
    });
    // The real user counts for access(), the effective one for open().
    chmod("f", 0400);
    in_child([] {
        setresuid(nobody, 0, 0);
        SHOW(access("f", R_OK));
        SHOW(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
        SHOW(open("f", O_RDONLY) >= 0);
    });
    // The class of the owner is final, even where others have more.
    chown("f", nobody, nobody);
    chmod("f", 0077);
    in_child([] {
        become_nobody();
        SHOW(open("f", O_RDONLY));
        SHOW(chmod("f", 0400));
        SHOW(open("f", O_RDONLY) >= 0);
        SHOW(open("f", O_RDWR));
    });
}

void sticky() {
    mkdir("t", 0777);
    chmod("t", 01777);
    chmod(".", 0755);
    file_with("t/root", "");
    file_with("t/mine", "");
    chown("t/mine", nobody, nobody);
    mkdir("t/empty", 0777);
    chmod("t/empty", 0777);
    in_child([] {
        become_nobody();
        SHOW(unlink("t/root"));
        SHOW(rename("t/root", "t/x"));
        SHOW(rename("t/mine", "t/root"));
        SHOW(rename("t/mine", "t/x"));
        SHOW(unlink("t/x"));
        SHOW(rmdir("t/empty"));
        SHOW(rename("t/empty", "t/y"));
        SHOW(link("t/root", "t/z"));
        SHOW(symlink("root", "t/l"));
        SHOW(open("t/new", O_CREAT | O_RDWR, 0644) >= 0);
    });
    chown("t", nobody, nobody);
    in_child([] {
        become_nobody();
        SHOW(unlink("t/root"));
    });
}

void times() {
    int const file = file_with("f", "x");
    struct stat about{};
    auto const print = [&] {
        fstat(file, &about);
        auto const now = time(nullptr);
        auto const recent = [&](timespec const& t) {
            return t.tv_sec >= now - 100
                       ? std::string("now")
                       : std::to_string(t.tv_sec) + "." + std::to_string(t.tv_nsec);
        };
        std::printf("accessed %s modified %s changed %s\n", recent(about.st_atim).c_str(),
                    recent(about.st_mtim).c_str(), recent(about.st_ctim).c_str());
    };
    timespec const some[] = {{.tv_sec = 1000, .tv_nsec = 123456789},
                             {.tv_sec = 2000, .tv_nsec = 999999999}};
    SHOW(futimens(file, some));
    print();
    timespec const omit[] = {{.tv_sec = 7, .tv_nsec = UTIME_OMIT}, {.tv_sec = 3000, .tv_nsec = 0}};
    SHOW(futimens(file, omit));
    print();
    timespec const now[] = {{.tv_sec = 7, .tv_nsec = UTIME_NOW},
                            {.tv_sec = 0, .tv_nsec = UTIME_OMIT}};
    SHOW(futimens(file, now));
    print();
    timespec const bad[] = {{.tv_sec = 7, .tv_nsec = 1000000000}, {.tv_sec = 0, .tv_nsec = 0}};
    SHOW(futimens(file, bad));
    timespec const negative[] = {{.tv_sec = -5, .tv_nsec = 1}, {.tv_sec = -1, .tv_nsec = 0}};
    SHOW(futimens(file, negative));
    print();
    timespec const both[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = 0, .tv_nsec = UTIME_OMIT}};
    SHOW(utimensat(AT_FDCWD, "missing", both, 0));
    SHOW(utimensat(AT_FDCWD, "missing", some, 0));
    symlink("missing", "l");
    SHOW(utimensat(AT_FDCWD, "l", some, 0));
    SHOW(utimensat(AT_FDCWD, "l", some, AT_SYMLINK_NOFOLLOW));
    SHOW(lstat("l", &about));
    say("modified", about.st_mtime);
    SHOW(utimensat(AT_FDCWD, "f", some, 1));
    SHOW(utimensat(99, "f", some, 0));
    SHOW(syscall(SYS_utimensat, file, nullptr, nullptr, 0));
    SHOW(syscall(SYS_utimensat, AT_FDCWD, nullptr, nullptr, 0));
    timeval const micro[] = {{.tv_sec = 5, .tv_usec = 1000000}, {.tv_sec = 5, .tv_usec = 0}};
    SHOW(utimes("f", micro));
    chmod(".", 0755);
    in_child([&] {
        become_nobody();
        SHOW(utimensat(AT_FDCWD, "f", nullptr, 0));
        SHOW(utimensat(AT_FDCWD, "f", some, 0));
        SHOW(utimensat(AT_FDCWD, "f", both, 0));
    });
    chmod("f", 0666);
    in_child([&] {
        become_nobody();
        SHOW(utimensat(AT_FDCWD, "f", nullptr, 0));
        SHOW(utimensat(AT_FDCWD, "f", some, 0));
        SHOW(utimensat(AT_FDCWD, "f", now, 0));
    });
    // What moves which time.
    futimens(file, some);
    char byte = 0;
    pread(file, &byte, 1, 0);
    print();
    futimens(file, some);
    pwrite(file, "y", 1, 0);
    print();
    futimens(file, some);
    ftruncate(file, 1);
    print();
}

void extended() {
    int const file = file_with("f", "0123456789");
    struct statx about{};
    SHOW(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &about));
    std::printf("mask %x mode %o size %llu links %u blocks %llu\n", about.stx_mask & ~STATX_BTIME,
                about.stx_mode, about.stx_size, about.stx_nlink, about.stx_blocks);
    SHOW(statx(AT_FDCWD, "f", 0, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "f", 0, 0, &about));
    std::printf("mask %x\n", about.stx_mask & STATX_BASIC_STATS);
    SHOW(statx(AT_FDCWD, "f", 0, STATX__RESERVED, &about));
    SHOW(statx(AT_FDCWD, "f", 1, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "f", AT_NO_AUTOMOUNT, STATX_SIZE, &about));
    SHOW(statx(file, "", AT_EMPTY_PATH, STATX_SIZE, &about));
    SHOW(statx(file, "", 0, STATX_SIZE, &about));
    SHOW(statx(99, "", AT_EMPTY_PATH, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "", AT_EMPTY_PATH, STATX_SIZE, &about));
    SHOW(statx(AT_FDCWD, "/", 0, STATX_ALL, &about));
    std::printf("root attributes %llx\n", about.stx_attributes & about.stx_attributes_mask);
    SHOW(statx(AT_FDCWD, ".", 0, STATX_ALL, &about));
    std::printf("attributes %llx\n", about.stx_attributes & about.stx_attributes_mask);
    struct stat old{};
    SHOW(fstatat(AT_FDCWD, "", &old, AT_EMPTY_PATH));
    SHOW(fstatat(AT_FDCWD, "", &old, 0));
    SHOW(fstatat(AT_FDCWD, "f", &old, 1));
    SHOW(stat("f/", &old));
    SHOW(syscall(SYS_newfstatat, 1, nullptr, &old, AT_EMPTY_PATH));
}

void file_systems() {
    struct statfs about{};
    for (char const* path : {".", "/proc", "/dev/pts", "/proc/self/fd/1"}) {
        std::printf("%s: %d", path, statfs(path, &about));
        std::printf(" type %lx block %ld name %ld\n", about.f_type, about.f_bsize, about.f_namelen);
    }
    int ends[2];
    pipe(ends);
    SHOW(fstatfs(ends[0], &about));
    std::printf("type %lx block %ld name %ld\n", about.f_type, about.f_bsize, about.f_namelen);
    SHOW(statfs("missing", &about));
    SHOW(statfs(".", nullptr));
    SHOW(fstatfs(99, &about));
    file_with("f", "");
    char value[16];
    SHOW(getxattr("f", "user.x", value, sizeof value));
    SHOW(setxattr("f", "user.x", "v", 1, 0));
    SHOW(setxattr("f", "nonsense", "v", 1, 0));
    SHOW(setxattr("missing", "user.x", "v", 1, 0));
    SHOW(removexattr("f", "user.x"));
    SHOW(getxattr("/proc/version", "user.x", value, sizeof value));
    SHOW(listxattr("/proc/version", value, sizeof value));
    SHOW(syncfs(99));
    SHOW(fdatasync(ends[0]));
    SHOW(fsync(open("/dev/null", O_RDWR)));
    SHOW(fsync(open("/proc/version", O_RDONLY)));
}

void locks() {
    int const file = file_with("f", "0123456789");
    int const again = open("f", O_RDWR);
    SHOW(flock(file, LOCK_EX));
    SHOW(flock(again, LOCK_SH | LOCK_NB));
    SHOW(flock(file, LOCK_SH));
    SHOW(flock(again, LOCK_SH | LOCK_NB));
    SHOW(flock(again, LOCK_EX | LOCK_NB));
    SHOW(flock(file, 80));
    SHOW(flock(99, LOCK_SH));
    SHOW(close(file));
    SHOW(flock(again, LOCK_EX | LOCK_NB));
    struct flock record{};
    auto const set = [&](int command, short type, short whence, off_t start, off_t length) {
        record = {
            .l_type = type, .l_whence = whence, .l_start = start, .l_len = length, .l_pid = 0};
        return fcntl(again, command, &record);
    };
    SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 2, 4));
    SHOW(set(F_SETLK, F_RDLCK, SEEK_END, -3, 0));
    SHOW(set(F_SETLK, F_RDLCK, SEEK_SET, -1, 1));
    SHOW(set(F_SETLK, F_RDLCK, SEEK_SET, 5, -3));
    SHOW(set(F_SETLK, 9, SEEK_SET, 5, 3));
    SHOW(set(F_SETLK, F_RDLCK, 9, 5, 3));
    SHOW(set(F_GETLK, F_WRLCK, SEEK_SET, 0, 0)); // one's own locks are no obstacle
    say("type", record.l_type);
    in_child([&] {
        SHOW(set(F_GETLK, F_WRLCK, SEEK_SET, 0, 0));
        std::printf("%d at %ld, %ld bytes, parent's %d\n", record.l_type, record.l_start,
                    record.l_len, record.l_pid == getppid());
        SHOW(set(F_GETLK, F_RDLCK, SEEK_SET, 6, 0));
        say("type", record.l_type);
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 5, 1));
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 6, 1));
        SHOW(set(F_SETLK, F_RDLCK, SEEK_SET, 8, 9));
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 8, 1));
        SHOW(set(F_OFD_GETLK, F_WRLCK, SEEK_SET, 0, 0));
        SHOW(set(F_OFD_SETLK, F_WRLCK, SEEK_SET, 3, 1));
    });
    SHOW(set(F_SETLK, F_UNLCK, SEEK_SET, 3, 1));
    in_child([&] {
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 3, 1));
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 2, 1));
        SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 4, 1));
    });
    SHOW(close(open("f", O_RDONLY))); // any close gives all of them up
    in_child([&] { SHOW(set(F_SETLK, F_WRLCK, SEEK_SET, 0, 0)); });
    int const reader = open("f", O_RDONLY);
    record = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
    SHOW(fcntl(reader, F_SETLK, &record));
    record.l_pid = 1;
    SHOW(fcntl(again, F_OFD_SETLK, &record));
}

constexpr Section sections[] = {
    {"access", accesses}, {"sticky", sticky},       {"times", times},
    {"statx", extended},  {"statfs", file_systems}, {"locks", locks},
};

} // namespace

std::span<Section const> const attribute_sections = sections;

} // namespace corners
