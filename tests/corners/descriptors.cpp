// Corner cases of descriptors: duplication, flags, limits, opening, what exec and fork keep.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace corners {
namespace {

void duplicates() {
    int const file = file_with("f", "0123456789");
    SHOW(file);
    SHOW(dup(file));
    SHOW(dup(-1));
    SHOW(dup(99));
    SHOW(dup2(file, file));
    SHOW(dup2(99, 99));
    SHOW(dup2(file, -1));
    SHOW(dup2(file, 1 << 30));
    SHOW(dup3(file, file, 0));
    SHOW(dup3(file, 20, O_CLOEXEC));
    SHOW(fcntl(20, F_GETFD));
    SHOW(dup2(20, 21));
    SHOW(fcntl(21, F_GETFD));
    SHOW(dup3(file, 22, O_NONBLOCK));
    SHOW(fcntl(file, F_DUPFD, 50));
    SHOW(fcntl(file, F_DUPFD, 50));
    SHOW(fcntl(file, F_DUPFD, -1));
    SHOW(fcntl(file, F_DUPFD, 1 << 30));
    SHOW(fcntl(file, F_DUPFD_CLOEXEC, 50));
    SHOW(fcntl(52, F_GETFD));
    // One position for all duplicates.
    SHOW(lseek(file, 4, SEEK_SET));
    SHOW(lseek(21, 0, SEEK_CUR));
    SHOW(fcntl(21, F_SETFL, O_APPEND));
    SHOW(fcntl(file, F_GETFL) & O_APPEND);
    SHOW(close(21));
    SHOW(close(21));
    SHOW(open("f", O_RDONLY));
}

void limits() {
    int const file = file_with("f", "x");
    rlimit const small{.rlim_cur = 10, .rlim_max = 4096};
    SHOW(setrlimit(RLIMIT_NOFILE, &small));
    SHOW(dup2(file, 9));
    SHOW(dup2(file, 10));
    SHOW(fcntl(file, F_DUPFD, 9));
    SHOW(fcntl(file, F_DUPFD, 10));
    while (dup(file) >= 0) {
    }
    say("errno of the last dup", strerrorname_np(errno));
    SHOW(open("f", O_RDONLY));
    int ends[2] = {-7, -7};
    SHOW(close(8));
    SHOW(pipe(ends));
    say("untouched", ends[0]);
    SHOW(open("f", O_RDONLY));
    rlimit const none{.rlim_cur = 0, .rlim_max = 4096};
    SHOW(setrlimit(RLIMIT_NOFILE, &none));
    SHOW(dup2(file, 0));
    SHOW(lseek(file, 0, SEEK_END)); // what is open stays so
    rlimit const crossed{.rlim_cur = 4096, .rlim_max = 10};
    SHOW(setrlimit(RLIMIT_NOFILE, &crossed));
    rlimit const enormous{.rlim_cur = 10, .rlim_max = 1UL << 40};
    SHOW(setrlimit(RLIMIT_NOFILE, &enormous));
    SHOW(setrlimit(static_cast<__rlimit_resource>(99), &small));
}

void close_ranges() {
    file_with("f", "x");
    for (int i = 10; i < 20; ++i)
        dup2(3, i);
    SHOW(close_range(12, 13, 0));
    SHOW(close_range(13, 12, 0));
    SHOW(close_range(16, ~0U, CLOSE_RANGE_CLOEXEC));
    SHOW(close_range(10, 10, 64));
    for (int i = 9; i < 21; ++i)
        std::printf("%d: %d\n", i, fcntl(i, F_GETFD));
    SHOW(close_range(3, ~0U, CLOSE_RANGE_UNSHARE));
    SHOW(fcntl(3, F_GETFD));
}

void control() {
    int const file = file_with("f", "abc");
    SHOW(fcntl(file, F_GETFL));
    SHOW(fcntl(file, F_SETFL, O_NONBLOCK | O_WRONLY | O_CREAT | O_EXCL | O_TRUNC));
    SHOW(fcntl(file, F_GETFL));
    SHOW(fcntl(file, F_SETFL, 0));
    SHOW(fcntl(file, F_GETFL));
    SHOW(fcntl(file, F_SETFD, 7));
    SHOW(fcntl(file, F_GETFD));
    SHOW(fcntl(file, F_SETFD, 2));
    SHOW(fcntl(file, F_GETFD));
    SHOW(fcntl(file, 9999));
    SHOW(fcntl(-1, F_GETFD));
    SHOW(fcntl(file, F_GETOWN));
    SHOW(fcntl(file, F_GETPIPE_SZ));
    SHOW(fcntl(file, F_SETPIPE_SZ, 4096));
    SHOW(fcntl(file, F_GETSIG));
    int const append = open("f", O_RDWR | O_APPEND);
    SHOW(fcntl(append, F_GETFL));
    SHOW(lseek(append, 0, SEEK_SET));
    SHOW(write(append, "x", 1));
    SHOW(pwrite(append, "y", 1, 0)); // Linux appends here as well
    say("content", content(file));
    SHOW(fcntl(append, F_SETFL, 0));
    SHOW(pwrite(append, "z", 1, 0));
    say("content", content(file));
    int const reader = open("f", O_RDONLY);
    SHOW(write(reader, "x", 1));
    SHOW(ftruncate(reader, 0));
    int const writer = open("f", O_WRONLY);
    char byte = 0;
    SHOW(read(writer, &byte, 1));
    SHOW(pread(writer, &byte, 1, 0));
    SHOW(read(99, &byte, 1));
    SHOW(open("f", O_ACCMODE) >= 0);
}

void opening() {
    file_with("f", "abc");
    mkdir("d", 0755);
    symlink("f", "l");
    symlink("nowhere", "dangling");
    symlink("self", "self");
    SHOW(open("f", O_RDONLY | O_DIRECTORY));
    SHOW(open("l", O_RDONLY | O_NOFOLLOW));
    SHOW(open("l", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
    SHOW(open("d", O_RDWR));
    SHOW(open("d", O_WRONLY));
    SHOW(open("d", O_RDONLY | O_CREAT, 0644));
    SHOW(open("d", O_RDONLY | O_TRUNC));
    SHOW(open("new/", O_WRONLY | O_CREAT, 0644));
    SHOW(open("f/", O_RDONLY));
    SHOW(open("d/.", O_RDWR | O_CREAT, 0644));
    SHOW(open("d/..", O_RDWR | O_CREAT, 0644));
    SHOW(open("f", O_RDWR | O_CREAT | O_EXCL, 0644));
    SHOW(open("l", O_RDWR | O_CREAT | O_EXCL, 0644));
    SHOW(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0644));
    SHOW(access("nowhere", F_OK));
    SHOW(close(open("dangling", O_RDWR | O_CREAT, 0600)));
    SHOW(access("nowhere", F_OK));
    SHOW(open("self", O_RDONLY));
    SHOW(open("self", O_RDONLY | O_NOFOLLOW));
    SHOW(open("self", O_CREAT | O_RDWR, 0644));
    SHOW(open("", O_RDONLY));
    SHOW(open("", O_RDONLY | O_CREAT, 0644));
    SHOW(open("missing/f", O_RDONLY | O_CREAT, 0644));
    SHOW(open("f/x", O_RDONLY | O_CREAT, 0644));
    SHOW(open(std::string(256, 'n').c_str(), O_RDONLY));
    SHOW(open(std::string(256, 'n').c_str(), O_RDONLY | O_CREAT, 0644));
    SHOW(open(std::string(4095, '/').c_str(), O_RDONLY | O_DIRECTORY) >= 0);
    SHOW(open(std::string(4096, '/').c_str(), O_RDONLY));
    SHOW(openat(99, "f", O_RDONLY));
    SHOW(openat(99, "/", O_RDONLY) >= 0);
    SHOW(openat(open("f", O_RDONLY), "x", O_RDONLY));
    SHOW(open("/dev/null", O_RDONLY | O_DIRECTORY));
    SHOW(open("/dev/null", O_RDWR | O_TRUNC) >= 0);
    SHOW(open("/dev/null/x", O_RDWR));
    SHOW(open("/bin/busybox", O_WRONLY) >= 0);
    SHOW(open("/proc/self/exe", O_WRONLY));
    SHOW(syscall(SYS_creat, "d", 0644));
    SHOW(syscall(SYS_open, "f", O_RDONLY | (1 << 30)) >= 0);
}

void paths_only() {
    file_with("f", "abc");
    mkdir("d", 0755);
    symlink("f", "l");
    int const path = open("f", O_PATH);
    SHOW(path >= 0);
    SHOW(fcntl(path, F_GETFL));
    char byte = 0;
    struct stat about{};
    SHOW(read(path, &byte, 1));
    SHOW(write(path, &byte, 1));
    SHOW(lseek(path, 0, SEEK_SET));
    SHOW(ftruncate(path, 0));
    SHOW(fchmod(path, 0600));
    SHOW(fchown(path, 1, 1));
    SHOW(fsync(path));
    SHOW(fstat(path, &about));
    SHOW(dup(path) >= 0);
    SHOW(fcntl(path, F_SETFL, O_NONBLOCK));
    SHOW(fcntl(path, F_SETFD, FD_CLOEXEC));
    SHOW(futimens(path, nullptr));
    SHOW(linkat(path, "", AT_FDCWD, "g", AT_EMPTY_PATH));
    int const link = open("l", O_PATH | O_NOFOLLOW);
    SHOW(link >= 0);
    char target[16] = {};
    SHOW(readlinkat(link, "", target, sizeof target));
    say("target", target);
    SHOW(fstatat(link, "", &about, AT_EMPTY_PATH));
    say("is a link", S_ISLNK(about.st_mode));
    int const directory = open("d", O_PATH | O_DIRECTORY);
    SHOW(fchdir(directory));
    SHOW(openat(directory, "new", O_CREAT | O_RDWR, 0644) >= 0);
    SHOW(syscall(SYS_getdents64, directory, target, sizeof target));
    SHOW(open("../f", O_PATH | O_DIRECTORY));
    SHOW(open("missing", O_PATH | O_CREAT, 0644));
    auto const again = "/proc/self/fd/" + std::to_string(path);
    int const reopened = open(again.c_str(), O_RDWR);
    SHOW(read(reopened, target, 3));
}

void unnamed() {
    mkdir("d", 0755);
    file_with("f", "");
    SHOW(open("d", O_TMPFILE | O_RDONLY, 0644));
    SHOW(open("f", O_TMPFILE | O_RDWR, 0644));
    SHOW(open("missing", O_TMPFILE | O_RDWR, 0644));
    int const file = open("d", O_TMPFILE | O_RDWR, 0640);
    SHOW(file >= 0);
    struct stat about{};
    SHOW(fstat(file, &about));
    say("links", static_cast<long>(about.st_nlink));
    std::printf("mode %o\n", about.st_mode);
    SHOW(write(file, "text", 4));
    auto const path = "/proc/self/fd/" + std::to_string(file);
    SHOW(linkat(AT_FDCWD, path.c_str(), AT_FDCWD, "d/named", AT_SYMLINK_FOLLOW));
    SHOW(fstat(file, &about));
    say("links", static_cast<long>(about.st_nlink));
    say("content", content(open("d/named", O_RDONLY)));
    int const bound = open("d", O_TMPFILE | O_RDWR | O_EXCL, 0640);
    SHOW(linkat(bound, "", AT_FDCWD, "d/never", AT_EMPTY_PATH));
    SHOW(unlink("d/named"));
    SHOW(rmdir("d"));
}

// Runs in the program that exec started.
void inherited() {
    for (int i = 3; i < 12; ++i)
        if (fcntl(i, F_GETFD) >= 0)
            std::printf("%d flags %d at %ld\n", i, fcntl(i, F_GETFD), lseek(i, 0, SEEK_CUR));
}

void over_exec() {
    file_with("f", "0123456789");
    lseek(3, 5, SEEK_SET);
    open("f", O_RDONLY | O_CLOEXEC);
    dup(4);
    dup3(3, 8, O_CLOEXEC);
    fcntl(3, F_DUPFD, 9);
    fcntl(5, F_SETFD, FD_CLOEXEC);
    in_child([] { lseek(9, 7, SEEK_SET); }); // one position for parent and child
    execl("/bin/corners", "corners", "inherited", nullptr);
    std::perror("exec");
}

constexpr Section sections[] = {
    {"duplicates", duplicates},
    {"descriptor-limits", limits},
    {"close-range", close_ranges},
    {"fcntl", control},
    {"open", opening},
    {"path-only", paths_only},
    {"unnamed", unnamed},
    {"over-exec", over_exec},
    {"inherited", inherited},
};

} // namespace

std::span<Section const> const descriptor_sections = sections;

} // namespace corners
