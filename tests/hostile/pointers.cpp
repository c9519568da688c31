// Every kind of bad pointer in every pointer argument of the system calls, and what comes back.
#include "tests/hostile/hostile.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <string>
#include <sys/mman.h>
#include <sys/poll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hostile {
namespace {

// What stands for an argument that a call gets at run time.
constexpr long buffer = -1001; ///< a page of zeroes; bad pointers take its place one at a time
constexpr long name = -1002;   ///< the same for a path, "/tmp/file"
constexpr long file = -1003;   ///< an open file
constexpr long pipe_in = -1004;
constexpr long pipe_out = -1005;
constexpr long self = -1006;

struct Call {
    char const* name;
    long number;
    long arguments[6];
};

#define CALL(call, ...)                                                                            \
    {                                                                                              \
        #call, SYS_##call, {                                                                       \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

constexpr Call calls[] = {
    CALL(read, file, buffer, 16),
    CALL(write, pipe_out, buffer, 16),
    CALL(open, name, O_RDONLY),
    CALL(stat, name, buffer),
    CALL(fstat, file, buffer),
    CALL(lstat, name, buffer),
    CALL(poll, buffer, 1, 0),
    CALL(rt_sigaction, SIGUSR1, buffer, buffer, 8),
    CALL(rt_sigprocmask, SIG_SETMASK, buffer, buffer, 8),
    CALL(ioctl, 0, 0x5401, buffer),
    CALL(ioctl, file, 0x541b, buffer),
    CALL(pread64, file, buffer, 16, 0),
    CALL(pwrite64, file, buffer, 16, 0),
    CALL(readv, file, buffer, 1),
    CALL(writev, pipe_out, buffer, 1),
    CALL(access, name, R_OK),
    CALL(pipe, buffer),
    CALL(select, 1, buffer, buffer, buffer, buffer),
    CALL(nanosleep, buffer, buffer),
    CALL(getitimer, ITIMER_REAL, buffer),
    CALL(setitimer, ITIMER_REAL, buffer, buffer),
    CALL(execve, name, buffer, buffer),
    CALL(wait4, -1, buffer, WNOHANG, buffer),
    CALL(uname, buffer),
    CALL(getcwd, buffer, 4096),
    CALL(chdir, name),
    CALL(rename, name, name),
    CALL(mkdir, name, 0700),
    CALL(rmdir, name),
    CALL(creat, name, 0600),
    CALL(link, name, name),
    CALL(symlink, name, name),
    CALL(readlink, name, buffer, 16),
    CALL(chmod, name, 0600),
    CALL(chown, name, -1, -1),
    CALL(lchown, name, -1, -1),
    CALL(gettimeofday, buffer, buffer),
    CALL(getrlimit, 7, buffer),
    CALL(setrlimit, 7, buffer),
    CALL(getrusage, 0, buffer),
    CALL(sysinfo, buffer),
    CALL(times, buffer),
    CALL(getgroups, 16, buffer),
    CALL(setgroups, 1, buffer),
    CALL(getresuid, buffer, buffer, buffer),
    CALL(getresgid, buffer, buffer, buffer),
    CALL(rt_sigpending, buffer, 8),
    CALL(rt_sigtimedwait, buffer, buffer, buffer, 8),
    CALL(rt_sigqueueinfo, self, SIGCONT, buffer),
    CALL(sigaltstack, buffer, buffer),
    CALL(utime, name, buffer),
    CALL(mknod, name, 0100600, 0),
    CALL(statfs, name, buffer),
    CALL(fstatfs, file, buffer),
    CALL(sched_setparam, 0, buffer),
    CALL(sched_getparam, 0, buffer),
    CALL(sched_setscheduler, 0, 0, buffer),
    CALL(sched_rr_get_interval, 0, buffer),
    CALL(sched_setaffinity, 0, 8, buffer),
    CALL(sched_getaffinity, 0, 8, buffer),
    CALL(prctl, 15, buffer),
    CALL(prctl, 16, buffer),
    CALL(chroot, name),
    CALL(mount, name, name, name, 0, buffer),
    CALL(umount2, name, 0),
    CALL(truncate, name, 10),
    CALL(getdents64, file, buffer, 4096),
    CALL(sendfile, pipe_out, file, buffer, 10),
    CALL(futex, buffer, 129, 1, 0, 0, 0),
    CALL(futex, buffer, 128, 0, buffer, 0, 0),
    CALL(futex, buffer, 131, 1, 1, buffer, 0),
    CALL(set_tid_address, buffer),
    CALL(set_robust_list, buffer, 24),
    CALL(get_robust_list, 0, buffer, buffer),
    CALL(timer_create, 0, buffer, buffer),
    CALL(clock_gettime, 0, buffer),
    CALL(clock_getres, 0, buffer),
    CALL(clock_nanosleep, 1, 0, buffer, buffer),
    CALL(utimes, name, buffer),
    CALL(waitid, 0, 0, buffer, WNOHANG | WEXITED, buffer),
    CALL(openat, AT_FDCWD, name, O_RDONLY),
    CALL(mkdirat, AT_FDCWD, name, 0700),
    CALL(newfstatat, AT_FDCWD, name, buffer, 0),
    CALL(newfstatat, file, buffer, buffer, AT_EMPTY_PATH),
    CALL(unlinkat, AT_FDCWD, name, AT_REMOVEDIR),
    CALL(renameat, AT_FDCWD, name, AT_FDCWD, name),
    CALL(linkat, AT_FDCWD, name, AT_FDCWD, name, 0),
    CALL(symlinkat, name, AT_FDCWD, name),
    CALL(readlinkat, AT_FDCWD, name, buffer, 16),
    CALL(fchmodat, AT_FDCWD, name, 0600),
    CALL(fchownat, AT_FDCWD, name, -1, -1, 0),
    CALL(faccessat, AT_FDCWD, name, R_OK),
    CALL(pselect6, 1, buffer, buffer, buffer, buffer, buffer),
    CALL(ppoll, buffer, 1, buffer, buffer, 8),
    CALL(utimensat, AT_FDCWD, name, buffer, 0),
    CALL(pipe2, buffer, 0),
    CALL(prlimit64, 0, 7, buffer, buffer),
    CALL(renameat2, AT_FDCWD, name, AT_FDCWD, name, 0),
    CALL(getrandom, buffer, 16, 0),
    CALL(preadv, file, buffer, 1, 0, 0),
    CALL(pwritev, file, buffer, 1, 0, 0),
    CALL(statx, AT_FDCWD, name, 0, 0x7ff, buffer),
    CALL(copy_file_range, file, buffer, file, buffer, 4, 0),
    CALL(clone3, buffer, 88),
    CALL(faccessat2, AT_FDCWD, name, R_OK, 0),
};

struct Bad {
    char const* name;
    unsigned long value;
};

constexpr unsigned long not_canonical = 0x0100000000000000; ///< with five levels of tables as well

/// Lays out the pages that bad pointers mean; the last one is for the good ones.
struct Pages {
    char* all = static_cast<char*>(
        mmap(nullptr, 6 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    unsigned long unmapped = at(1);
    unsigned long forbidden = at(2);
    unsigned long read_only = at(3);
    unsigned long edge = at(1) - 3; ///< three good bytes, then nothing
    char* good = all + 5 * 4096;

    Pages() {
        munmap(all + 4096, 4096);
        mprotect(all + 2 * 4096, 4096, PROT_NONE);
        mprotect(all + 3 * 4096, 4096, PROT_READ);
    }

    unsigned long at(int page) const { return reinterpret_cast<unsigned long>(all) + page * 4096L; }
};

/// Whether a bad pointer of this kind is bad for every call: a page that may be read, a null
/// pointer or an address near a page's end may be right for some, so those are tried and not told.
struct Outcome {
    std::string common;
    bool mixed = false;

    void add(std::string const& result) {
        if (common.empty())
            common = result;
        mixed = mixed || common != result;
    }
};

std::string make_call(Call const& call, int position, unsigned long bad) {
    int answer[2];
    (void)!pipe(answer);
    int const status = in_child([&] {
        Pages const pages;
        int ends[2];
        (void)!pipe(ends);
        int const opened = open("/tmp/file", O_RDWR | O_CREAT, 0600);
        (void)!ftruncate(opened, 100);
        long arguments[6];
        for (int i = 0; i < 6; ++i) {
            long const wanted = call.arguments[i];
            char* const page = pages.good + i * 512;
            arguments[i] = wanted == buffer     ? reinterpret_cast<long>(page)
                           : wanted == name     ? reinterpret_cast<long>(page)
                           : wanted == file     ? opened
                           : wanted == pipe_in  ? ends[0]
                           : wanted == pipe_out ? ends[1]
                           : wanted == self     ? getpid()
                                                : wanted;
            if (wanted == name)
                std::strcpy(page, "/tmp/file");
            if (i == position)
                arguments[i] =
                    static_cast<long>(bad < 8 && bad > 0 ? (&pages.unmapped)[bad - 1] : bad);
        }
        alarm(1);
        long const result = syscall(call.number, arguments[0], arguments[1], arguments[2],
                                    arguments[3], arguments[4], arguments[5]);
        std::string const text = result == -1 ? strerrorname_np(errno) : "done";
        (void)!write(answer[1], text.data(), text.size());
        _exit(0);
    });
    close(answer[1]);
    char part[64];
    std::string text;
    for (ssize_t size = 0; (size = read(answer[0], part, sizeof part)) > 0;)
        text.append(part, static_cast<std::size_t>(size));
    close(answer[0]);
    return text.empty() ? ending(status) : text;
}

// The small numbers choose a page of Pages.
constexpr Bad always_bad[] = {
    {"unmapped", 1},
    {"forbidden", 2},
    {"kernel text", 0xffffffff80100000},
    {"kernel half", 0xffff800000000000},
    {"not canonical", not_canonical},
    {"just below", not_canonical - 1},
    {"last byte", ~0UL},
    {"first page", 0x100},
};
constexpr Bad sometimes_bad[] = {{"null", 0}, {"read only", 3}, {"edge", 4}};

} // namespace

int pointers(unsigned part, unsigned parts) {
    for (unsigned at = part; at < std::size(calls); at += parts)
        for (int i = 0; i < 6; ++i) {
            auto const& call = calls[at];
            if (call.arguments[i] != buffer && call.arguments[i] != name)
                continue;
            Outcome outcome;
            std::string each;
            for (auto const& bad : always_bad) {
                auto const result = make_call(call, i, bad.value);
                outcome.add(result);
                each += std::string(" ") + bad.name + ": " + result + ";";
            }
            std::printf("%s %d:%s", call.name, i,
                        outcome.mixed ? each.c_str() : (" " + outcome.common).c_str());
            for (auto const& bad : sometimes_bad)
                std::printf(" %s: %s;", bad.name, make_call(call, i, bad.value).c_str());
            std::printf("\n");
            std::fflush(stdout);
        }
    return 0;
}

} // namespace hostile
