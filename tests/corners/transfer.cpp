// Corner cases of pipes and of moving bytes between descriptors.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace corners {
namespace {

void pipes() {
    int ends[2];
    SHOW(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    SHOW(fcntl(ends[0], F_GETFD));
    SHOW(fcntl(ends[0], F_GETFL));
    SHOW(fcntl(ends[1], F_GETFL));
    int other[2];
    SHOW(pipe2(other, O_RDWR));
    SHOW(pipe2(other, 1 << 30));
    SHOW(syscall(SYS_pipe2, nullptr, 0));
    char space[200000] = {};
    SHOW(read(ends[0], space, 1));
    SHOW(read(ends[0], space, 0));
    SHOW(write(ends[1], space, 0));
    SHOW(read(ends[1], space, 1));
    SHOW(write(ends[0], space, 1));
    SHOW(write(ends[1], space, sizeof space));
    SHOW(write(ends[1], space, 1));
    int waiting = 0;
    SHOW(ioctl(ends[0], FIONREAD, &waiting));
    say("waiting", waiting);
    SHOW(read(ends[0], space, 4096));
    SHOW(write(ends[1], space, 4096));
    SHOW(write(ends[1], space, 5000));
    struct stat about{};
    SHOW(fstat(ends[0], &about));
    std::printf("mode %o size %ld links %lu\n", about.st_mode, about.st_size, about.st_nlink);
    signal(SIGPIPE, SIG_IGN);
    SHOW(close(ends[0]));
    SHOW(write(ends[1], space, 1));
    SHOW(write(ends[1], space, 0));
    signal(SIGPIPE, SIG_DFL);
    say("writer", ending(in_child([=] { write(ends[1], "x", 1); })));
    SHOW(pipe(ends));
    SHOW(write(ends[1], "left", 4));
    SHOW(close(ends[1]));
    SHOW(read(ends[0], space, 100));
    SHOW(read(ends[0], space, 100));
}

void pipe_sizes() {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    static char space[2 << 20];
    SHOW(fcntl(ends[0], F_GETPIPE_SZ));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 1));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 0));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, -1));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 5000));
    SHOW(write(ends[1], space, sizeof space));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 4096));
    SHOW(read(ends[0], space, 4096));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 4096));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 1 << 20));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, (1 << 20) + 1));
    SHOW(write(ends[1], space, sizeof space));
    SHOW(read(ends[0], space, sizeof space));
    SHOW(setuid(nobody));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, (1 << 20) + 1));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 1 << 20));
}

void fifos() {
    SHOW(mkfifo("p", 0644));
    SHOW(mkfifo("p", 0644));
    SHOW(open("p", O_WRONLY | O_NONBLOCK));
    int const reader = SHOW(open("p", O_RDONLY | O_NONBLOCK));
    char space[16];
    SHOW(read(reader, space, 1));
    int const writer = SHOW(open("p", O_WRONLY | O_NONBLOCK));
    SHOW(read(reader, space, 1));
    SHOW(write(writer, "abc", 3));
    SHOW(unlink("p"));
    SHOW(read(reader, space, 16));
    SHOW(close(writer));
    SHOW(read(reader, space, 16));
    SHOW(lseek(reader, 0, SEEK_SET));
    SHOW(ftruncate(reader, 0));
    SHOW(mkfifo("q", 0644));
    int const both = SHOW(open("q", O_RDWR));
    SHOW(write(both, "self", 4));
    SHOW(read(both, space, 16));
    SHOW(truncate("q", 0));
    SHOW(mkfifo("missing/p", 0644));
    SHOW(open("q", O_PATH));
    SHOW(open("q", O_RDONLY | O_DIRECTORY));
}

void sending() {
    int const from = file_with("f", "0123456789");
    int const into = file_with("g", "");
    SHOW(sendfile(into, from, nullptr, 4));
    SHOW(lseek(from, 0, SEEK_CUR));
    off_t offset = 8;
    SHOW(sendfile(into, from, &offset, 100));
    say("offset", offset);
    SHOW(lseek(from, 0, SEEK_CUR));
    say("content", content(into));
    SHOW(sendfile(into, from, &offset, 100));
    offset = -1;
    SHOW(sendfile(into, from, &offset, 1));
    SHOW(sendfile(from, into, nullptr, 0));
    SHOW(sendfile(99, from, nullptr, 1));
    SHOW(sendfile(into, 99, nullptr, 1));
    SHOW(sendfile(open("g", O_RDONLY), from, nullptr, 1));
    SHOW(sendfile(into, open("f", O_WRONLY), nullptr, 1));
    SHOW(sendfile(open("g", O_WRONLY | O_APPEND), from, nullptr, 1));
    int ends[2];
    pipe(ends);
    SHOW(sendfile(ends[1], from, nullptr, 3));
    write(ends[1], "abc", 3);
    SHOW(sendfile(into, ends[0], nullptr, 3));
    SHOW(sendfile(into, open(".", O_RDONLY), nullptr, 3));
    SHOW(sendfile(open("/dev/null", O_WRONLY), from, nullptr, 2));
    say("content", content(into));
}

void copying() {
    int const from = file_with("f", "0123456789");
    int const into = file_with("g", "");
    SHOW(copy_file_range(from, nullptr, into, nullptr, 4, 0));
    off64_t in = 6;
    off64_t out = 20;
    SHOW(copy_file_range(from, &in, into, &out, 100, 0));
    say("in", in);
    say("out", out);
    say("content", content(into));
    SHOW(copy_file_range(from, nullptr, into, nullptr, 4, 1));
    in = 0;
    out = 5;
    SHOW(copy_file_range(from, &in, from, &out, 6, 0));
    out = 4;
    SHOW(copy_file_range(from, &in, from, &out, 4, 0));
    say("content", content(from));
    in = 100;
    SHOW(copy_file_range(from, &in, into, nullptr, 4, 0));
    in = -1;
    SHOW(copy_file_range(from, &in, into, nullptr, 4, 0));
    SHOW(copy_file_range(99, nullptr, into, nullptr, 4, 0));
    SHOW(copy_file_range(from, nullptr, open("g", O_RDONLY), nullptr, 4, 0));
    SHOW(copy_file_range(open("f", O_WRONLY), nullptr, into, nullptr, 4, 0));
    SHOW(copy_file_range(from, nullptr, open("g", O_WRONLY | O_APPEND), nullptr, 4, 0));
    SHOW(copy_file_range(open(".", O_RDONLY), nullptr, into, nullptr, 4, 0));
    int ends[2];
    pipe(ends);
    SHOW(copy_file_range(from, nullptr, ends[1], nullptr, 4, 0));
    SHOW(copy_file_range(from, nullptr, open("/dev/null", O_WRONLY), nullptr, 4, 0));
}

void splicing() {
    int const from = file_with("f", "0123456789");
    int const into = file_with("g", "");
    int ends[2];
    int others[2];
    pipe2(ends, O_NONBLOCK);
    pipe2(others, O_NONBLOCK);
    SHOW(splice(from, nullptr, into, nullptr, 4, 0));
    SHOW(splice(from, nullptr, ends[1], nullptr, 4, 0));
    SHOW(lseek(from, 0, SEEK_CUR));
    loff_t offset = 7;
    SHOW(splice(from, &offset, ends[1], nullptr, 100, 0));
    say("offset", offset);
    SHOW(splice(from, nullptr, ends[1], &offset, 100, 0));
    SHOW(splice(ends[0], nullptr, others[1], nullptr, 5, 0));
    SHOW(splice(others[0], nullptr, into, nullptr, 100, 0));
    SHOW(splice(others[0], nullptr, into, nullptr, 100, 0));
    SHOW(splice(others[0], nullptr, into, nullptr, 0, 0));
    say("content", content(into));
    offset = 2;
    SHOW(splice(ends[0], nullptr, into, &offset, 100, 0));
    say("content", content(into));
    SHOW(splice(ends[0], nullptr, ends[1], nullptr, 1, 0));
    SHOW(splice(ends[1], nullptr, into, nullptr, 1, 0));
    SHOW(splice(from, nullptr, ends[1], nullptr, 1, 1 << 10));
    SHOW(splice(99, nullptr, ends[1], nullptr, 1, 0));
    SHOW(splice(from, nullptr, ends[1], nullptr, 2, 0));
    SHOW(splice(ends[0], nullptr, open("/dev/null", O_WRONLY), nullptr, 2, 0));
    SHOW(splice(from, nullptr, ends[1], nullptr, 3, 0));
    SHOW(splice(ends[0], nullptr, open("g", O_WRONLY | O_APPEND), nullptr, 3, 0));
    close(others[0]);
    signal(SIGPIPE, SIG_IGN);
    SHOW(splice(from, nullptr, others[1], nullptr, 3, 0));
}

// What a write of up to PIPE_BUF bytes promises, from four writers at once.
void atomic_writes() {
    int ends[2];
    pipe(ends);
    for (char c = 'a'; c < 'e'; ++c)
        if (fork() == 0) {
            std::string const block(3000, c);
            for (int i = 0; i < 30; ++i)
                write(ends[1], block.data(), block.size());
            _exit(0);
        }
    close(ends[1]);
    std::string all;
    char part[10000];
    for (ssize_t count; (count = read(ends[0], part, sizeof part)) > 0;)
        all.append(part, static_cast<std::size_t>(count));
    say("bytes", static_cast<long>(all.size()));
    int broken = 0;
    for (std::size_t at = 0; at < all.size(); at += 3000)
        broken += all.substr(at, 3000) != std::string(3000, all[at]);
    say("broken blocks", broken);
}

constexpr Section sections[] = {
    {"pipe", pipes},
    {"pipe-size", pipe_sizes},
    {"fifo", fifos},
    {"sendfile", sending},
    {"copy-range", copying},
    {"splice", splicing},
    {"atomic-writes", atomic_writes},
};

} // namespace

std::span<Section const> const transfer_sections = sections;

} // namespace corners
