// Corner cases of regular files: positions, holes, vectors, sizes, allocation, directories'
// entries.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <set>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace corners {
namespace {

void positions() {
    int const file = file_with("f", "0123456789");
    SHOW(lseek(file, -1, SEEK_SET));
    SHOW(lseek(file, 3, SEEK_SET));
    SHOW(lseek(file, -4, SEEK_CUR));
    SHOW(lseek(file, 0, SEEK_CUR));
    SHOW(lseek(file, -10, SEEK_END));
    SHOW(lseek(file, -11, SEEK_END));
    SHOW(lseek(file, LONG_MAX, SEEK_SET));
    SHOW(lseek(file, 1, SEEK_CUR));
    SHOW(lseek(file, LONG_MAX, SEEK_END));
    SHOW(lseek(file, 0, 99));
    SHOW(lseek(99, 0, SEEK_SET));
    SHOW(lseek(file, 100, SEEK_SET));
    char byte = 0;
    SHOW(read(file, &byte, 1));
    SHOW(pread(file, &byte, 1, -1));
    SHOW(pwrite(file, &byte, 1, -1));
    SHOW(pread(file, &byte, 1, LONG_MAX));
    SHOW(pwrite(file, &byte, 1, LONG_MAX));
    SHOW(pwrite(file, &byte, 0, LONG_MAX));
    SHOW(write(file, "x", 0));
    SHOW(lseek(file, 0, SEEK_END));
    int ends[2];
    pipe(ends);
    SHOW(lseek(ends[0], 0, SEEK_SET));
    SHOW(pread(ends[0], &byte, 1, 0));
    SHOW(pwrite(ends[1], &byte, 1, 0));
    int const null = open("/dev/null", O_RDWR);
    SHOW(lseek(null, 77, SEEK_SET));
    SHOW(lseek(null, 0, SEEK_CUR));
    int const zero = open("/dev/zero", O_RDWR);
    SHOW(lseek(zero, 77, SEEK_SET));
    SHOW(pread(zero, &byte, 1, 5));
    int const full = open("/dev/full", O_RDWR);
    SHOW(write(full, &byte, 1));
    SHOW(write(full, &byte, 0));
    SHOW(read(full, &byte, 1));
    int const directory = open(".", O_RDONLY);
    SHOW(read(directory, &byte, 1));
    SHOW(pread(directory, &byte, 1, 0));
    SHOW(write(directory, &byte, 1));
    SHOW(ftruncate(directory, 0));
    SHOW(fsync(directory));
}

void holes() {
    int const file = file_with("f", "");
    SHOW(ftruncate(file, 20480));
    SHOW(lseek(file, 0, SEEK_DATA));
    SHOW(lseek(file, 0, SEEK_HOLE));
    SHOW(pwrite(file, "x", 1, 8192));
    SHOW(lseek(file, 0, SEEK_DATA));
    SHOW(lseek(file, 8192, SEEK_DATA));
    SHOW(lseek(file, 9000, SEEK_DATA));
    SHOW(lseek(file, 8192, SEEK_HOLE));
    SHOW(lseek(file, 12288, SEEK_DATA));
    SHOW(lseek(file, 12288, SEEK_HOLE));
    SHOW(lseek(file, 20479, SEEK_HOLE));
    SHOW(lseek(file, 20480, SEEK_HOLE));
    SHOW(lseek(file, 20480, SEEK_DATA));
    SHOW(lseek(file, -1, SEEK_DATA));
    SHOW(pwrite(file, "y", 1, 20479));
    SHOW(lseek(file, 12288, SEEK_DATA));
    SHOW(lseek(file, 16384, SEEK_HOLE));
    struct stat about{};
    SHOW(fstat(file, &about));
    say("blocks", about.st_blocks);
    say("block size", about.st_blksize);
    SHOW(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 4096));
    SHOW(lseek(file, 0, SEEK_DATA));
    SHOW(fstat(file, &about));
    say("blocks", about.st_blocks);
}

void allocation() {
    int const file = file_with("f", "0123456789");
    struct stat about{};
    SHOW(fallocate(file, 0, 0, 0));
    SHOW(fallocate(file, 0, -1, 10));
    SHOW(fallocate(file, 0, 0, -1));
    SHOW(fallocate(file, 0, LONG_MAX, 10));
    SHOW(fallocate(file, 0, 0, 100));
    SHOW(lseek(file, 0, SEEK_END));
    SHOW(fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 10000));
    SHOW(lseek(file, 0, SEEK_END));
    fstat(file, &about);
    say("blocks", about.st_blocks);
    SHOW(fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, 5));
    SHOW(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3));
    say("content", content(file).substr(0, 12));
    SHOW(fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
    SHOW(fallocate(file, FALLOC_FL_ZERO_RANGE, 0, 4));
    SHOW(fallocate(file, FALLOC_FL_INSERT_RANGE, 0, 4096));
    SHOW(fallocate(file, 1 << 20, 0, 4096));
    SHOW(fallocate(open("f", O_RDONLY), 0, 0, 1));
    SHOW(fallocate(open(".", O_RDONLY), 0, 0, 1));
    SHOW(fallocate(open("/dev/null", O_RDWR), 0, 0, 1));
    int ends[2];
    pipe(ends);
    SHOW(fallocate(ends[1], 0, 0, 1));
    SHOW(posix_fallocate(99, 0, 1));
    SHOW(posix_fadvise(file, 0, 0, 99));
    SHOW(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL));
    SHOW(syscall(SYS_sync_file_range, file, 0, 0, 8));
    SHOW(syscall(SYS_readahead, ends[0], 0, 1));
}

void sizes() {
    int const file = file_with("f", "0123456789");
    SHOW(ftruncate(file, -1));
    SHOW(truncate("f", -1));
    SHOW(truncate("missing", 0));
    SHOW(truncate(".", 0));
    SHOW(truncate("f", 5));
    SHOW(lseek(file, 8, SEEK_SET));
    SHOW(write(file, "!", 1));
    say("content", content(file));
    SHOW(ftruncate(file, 6));
    SHOW(ftruncate(file, 12));
    say("content", content(file));
    SHOW(truncate("/dev/null", 0));
    SHOW(truncate("/proc/self/comm", 0));
    SHOW(ftruncate(open("/dev/null", O_RDWR), 0));
    signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{.rlim_cur = 16, .rlim_max = RLIM_INFINITY};
    SHOW(setrlimit(RLIMIT_FSIZE, &limit));
    SHOW(ftruncate(file, 17));
    SHOW(ftruncate(file, 16));
    SHOW(pwrite(file, "abcdef", 6, 14));
    SHOW(pwrite(file, "abcdef", 6, 16));
    SHOW(fallocate(file, 0, 0, 17));
    signal(SIGXFSZ, SIG_DFL);
    say("over the limit", ending(in_child([=] { pwrite(file, "x", 1, 16); })));
    rlimit const unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    SHOW(setrlimit(RLIMIT_FSIZE, &unlimited));
    SHOW(ftruncate(file, 1L << 50));
    SHOW(pread(file, &errno, 1, 1L << 49));
    SHOW(ftruncate(file, LONG_MAX));
    SHOW(lseek(file, 0, SEEK_END));
}

void vectors() {
    int const file = file_with("f", "0123456789");
    char a[4] = {}, b[8] = {};
    iovec two[] = {{a, 3}, {b, 7}};
    SHOW(readv(file, two, 2));
    std::printf("%.3s %.7s\n", a, b);
    SHOW(readv(file, two, 0));
    SHOW(readv(file, two, -1));
    SHOW(readv(file, two, IOV_MAX + 1));
    SHOW(readv(file, nullptr, 1));
    SHOW(readv(99, two, 2));
    iovec const negative[] = {{a, 3}, {b, static_cast<std::size_t>(-1)}};
    SHOW(readv(file, negative, 2));
    iovec const over[] = {{a, LONG_MAX}, {b, LONG_MAX}};
    SHOW(lseek(file, 0, SEEK_SET));
    SHOW(readv(file, over, 2) >= 0 || errno == EFAULT || errno == EINVAL);
    iovec const bad[] = {{a, 3}, {nullptr, 3}, {b, 1}};
    SHOW(lseek(file, 0, SEEK_SET));
    SHOW(readv(file, bad, 3));
    SHOW(lseek(file, 0, SEEK_CUR));
    SHOW(writev(file, bad, 3));
    SHOW(lseek(file, 0, SEEK_CUR));
    iovec const bad_first[] = {{nullptr, 3}, {b, 1}};
    SHOW(readv(file, bad_first, 2));
    SHOW(writev(file, bad_first, 2));
    iovec const empty[] = {{nullptr, 0}, {b, 2}};
    SHOW(lseek(file, 0, SEEK_SET));
    SHOW(readv(file, empty, 2));
    SHOW(preadv(file, two, 2, 8));
    SHOW(preadv(file, two, 2, -1));
    SHOW(pwritev(file, two, 1, 20));
    SHOW(preadv2(file, two, 2, -1, 0));
    SHOW(preadv2(file, two, 2, 0, 0x4000));
    SHOW(read(file, nullptr, 0));
    SHOW(write(file, nullptr, 0));
    SHOW(write(file, nullptr, 4));
    SHOW(read(file, reinterpret_cast<void*>(1UL << 63), 1));
    SHOW(read(file, a, SIZE_MAX));
    SHOW(write(file, a, SIZE_MAX));
    say("content", content(file));
}

std::string names_of(char const* bytes, long count) {
    std::set<std::string> names;
    for (long at = 0; at < count;) {
        auto const* const entry = reinterpret_cast<dirent64 const*>(bytes + at);
        names.insert(entry->d_name);
        at += entry->d_reclen;
    }
    std::string all;
    for (auto const& name : names)
        all += name + " ";
    return all;
}

void entries() {
    mkdir("d", 0755);
    for (char const* name : {"d/a", "d/bb", "d/ccc"})
        file_with(name, "");
    int const directory = open("d", O_RDONLY | O_DIRECTORY);
    alignas(8) char space[4096];
    SHOW(syscall(SYS_getdents64, directory, space, 0));
    SHOW(syscall(SYS_getdents64, directory, space, 23));
    SHOW(syscall(SYS_getdents64, directory, nullptr, 4096));
    long total = 0;
    int calls = 0;
    for (long count; (count = syscall(SYS_getdents64, directory, space + total, 24)) > 0; ++calls)
        total += count;
    say("calls", calls);
    say("bytes", total);
    say("names", names_of(space, total));
    SHOW(syscall(SYS_getdents64, directory, space, 4096));
    SHOW(lseek(directory, 0, SEEK_SET));
    long const count = SHOW(syscall(SYS_getdents64, directory, space, 4096));
    say("names", names_of(space, count));
    for (long at = 0; at < count;) {
        auto const* const entry = reinterpret_cast<dirent64 const*>(space + at);
        if (entry->d_name[0] == 'b')
            std::printf("type %d length %d\n", entry->d_type, entry->d_reclen);
        at += entry->d_reclen;
    }
    SHOW(syscall(SYS_getdents64, open("d/a", O_RDONLY), space, 4096));
    SHOW(lseek(directory, -1, SEEK_SET));
    SHOW(lseek(directory, 0, SEEK_SET));
    int const gone = open("d", O_RDONLY);
    for (char const* name : {"d/a", "d/bb", "d/ccc"})
        unlink(name);
    SHOW(rmdir("d"));
    SHOW(syscall(SYS_getdents64, gone, space, 4096));
    struct stat about{};
    SHOW(fstat(gone, &about));
    say("links", static_cast<long>(about.st_nlink));
    SHOW(openat(gone, "x", O_CREAT | O_RDWR, 0644));
    SHOW(openat(gone, ".", O_RDONLY) >= 0);
    SHOW(mkdirat(gone, "x", 0755));
}

void large_directory() {
    mkdir("d", 0755);
    for (int i = 0; i < 500; ++i)
        close(open(("d/" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0644));
    DIR* const directory = opendir("d");
    std::set<std::string> seen;
    long middle = 0;
    int count = 0;
    while (auto const* const entry = readdir(directory)) {
        seen.insert(entry->d_name);
        if (++count == 250)
            middle = telldir(directory);
    }
    say("entries", count);
    say("different", static_cast<long>(seen.size()));
    seekdir(directory, middle);
    int after = 0;
    while (readdir(directory))
        ++after;
    say("after the middle", after);
    // Removing while reading neither skips nor repeats what stays.
    rewinddir(directory);
    int removed = 0;
    while (auto const* const entry = readdir(directory))
        if (entry->d_name[0] != '.' && unlinkat(dirfd(directory), entry->d_name, 0) == 0)
            ++removed;
    say("removed", removed);
    rewinddir(directory);
    count = 0;
    while (readdir(directory))
        ++count;
    say("left", count);
    SHOW(rmdir("d"));
}

constexpr Section sections[] = {
    {"lseek", positions}, {"holes", holes},      {"fallocate", allocation},    {"truncate", sizes},
    {"vectors", vectors}, {"getdents", entries}, {"telldir", large_directory},
};

} // namespace

std::span<Section const> const file_sections = sections;

} // namespace corners
