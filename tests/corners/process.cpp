// Corner cases of processes: identities, groups and sessions, clone, limits, prctl, futex.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <string>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace corners {
namespace {

void print_ids() {
    uid_t r, e, s;
    gid_t rg, eg, sg;
    getresuid(&r, &e, &s);
    getresgid(&rg, &eg, &sg);
    std::printf("uid %u %u %u gid %u %u %u\n", r, e, s, rg, eg, sg);
}

void identities() {
    in_child([] {
        SHOW(setresuid(1, 2, 3));
        print_ids();
        SHOW(setuid(3));
        print_ids();
        SHOW(setuid(1));
        SHOW(setuid(2));
        SHOW(setreuid(3, 1));
        print_ids();
        SHOW(setreuid(7, -1));
        SHOW(setresuid(-1, -1, 0));
        SHOW(setgid(5));
        SHOW(setgroups(0, nullptr));
    });
    in_child([] {
        SHOW(setreuid(-1, 5));
        print_ids();
        SHOW(seteuid(0));
        print_ids();
        SHOW(setreuid(4, 5));
        print_ids();
    });
    in_child([] {
        SHOW(setregid(4, 5));
        print_ids();
        SHOW(setgid(6));
        print_ids();
        SHOW(setresgid(-1, -1, -1));
        SHOW(setuid(-1));
        gid_t const groups[] = {9, 3, 3, 8};
        SHOW(setgroups(4, groups));
        gid_t got[8] = {};
        SHOW(getgroups(0, got));
        SHOW(getgroups(3, got));
        SHOW(getgroups(-1, got));
        SHOW(getgroups(8, got));
        std::printf("%u %u %u %u\n", got[0], got[1], got[2], got[3]);
        SHOW(setgroups(65537, got));
        SHOW(setgroups(-1, got));
    });
    in_child([] {
        SHOW(setfsuid(5));
        SHOW(setfsuid(-1));
        SHOW(setfsgid(6));
        SHOW(setfsgid(-1));
        SHOW(open("mine", O_CREAT | O_RDWR, 0644) >= 0);
    });
    struct stat about{};
    SHOW(stat("mine", &about));
    in_child([] {
        SHOW(prctl(PR_SET_KEEPCAPS, 1));
        become_nobody();
        SHOW(prctl(PR_GET_KEEPCAPS));
        SHOW(prctl(PR_GET_DUMPABLE));
        SHOW(open("/proc/self/environ", O_RDONLY) >= 0);
        execl("/bin/busybox", "grep", "^Cap", "/proc/self/status", nullptr);
    });
    execl("/bin/busybox", "grep", "-E", "^(Cap|NoNew|Seccomp:|Groups|Umask|Uid|Gid)",
          "/proc/self/status", nullptr);
}

void groups() {
    std::fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    SHOW(getpgid(child) == getpgrp());
    SHOW(getsid(child) == getsid(0));
    SHOW(setpgid(child, child));
    SHOW(getpgid(child) == child);
    SHOW(setpgid(child, 999999));
    SHOW(setpgid(999999, 0));
    SHOW(setpgid(child, -1));
    SHOW(setpgid(-1, child));
    SHOW(setpgid(1, 1));
    SHOW(setpgid(0, child)); // into the child's group
    SHOW(getpgrp() == child);
    SHOW(getpgid(999999));
    SHOW(getsid(999999));
    SHOW(getpgid(-1));
    signal(SIGUSR1, SIG_IGN);
    SHOW(kill(-child, SIGUSR1));
    SHOW(waitpid(-child, nullptr, 0) == child);
    int ends[2];
    pipe(ends);
    in_child([&] {
        SHOW(setsid() == getpid());
        SHOW(setsid());
        SHOW(getsid(0) == getpid());
        SHOW(getpgrp() == getpid());
        SHOW(setpgid(0, 0));
        pid_t const other = fork();
        if (other == 0) {
            SHOW(setpgid(0, 0));
            SHOW(setpgid(getppid(), 0));
            _exit(0);
        }
        waitpid(other, nullptr, 0);
    });
    pid_t const execed = fork();
    if (execed == 0) {
        close(ends[0]);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        execl("/bin/busybox", "sleep", "100", nullptr);
    }
    close(ends[1]);
    char byte = 0;
    SHOW(read(ends[0], &byte, 1)); // ends with the exec
    SHOW(setpgid(execed, execed));
    kill(execed, SIGKILL);
    SHOW(waitpid(execed, nullptr, 0) == execed);
}

void controls() {
    char name[17] = {};
    SHOW(prctl(PR_SET_NAME, "a name that is much too long"));
    SHOW(prctl(PR_GET_NAME, name));
    say("name", name);
    SHOW(prctl(PR_SET_NAME, nullptr));
    SHOW(prctl(PR_SET_DUMPABLE, 2));
    SHOW(prctl(PR_SET_DUMPABLE, 0));
    SHOW(prctl(PR_GET_DUMPABLE));
    SHOW(prctl(PR_SET_DUMPABLE, 1));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_READ, 0));
    SHOW(prctl(PR_CAPBSET_READ, 100));
    SHOW(prctl(PR_CAPBSET_DROP, 100));
    SHOW(prctl(PR_CAPBSET_DROP, 21));
    SHOW(prctl(PR_CAPBSET_READ, 21));
    SHOW(prctl(PR_GET_SECUREBITS));
    SHOW(prctl(PR_GET_TIMERSLACK));
    SHOW(prctl(PR_SET_TIMERSLACK, 1000));
    SHOW(prctl(PR_GET_TIMERSLACK));
    SHOW(prctl(PR_GET_TIMING));
    SHOW(prctl(PR_SET_TIMING, 1));
    SHOW(prctl(PR_GET_CHILD_SUBREAPER, name));
    SHOW(prctl(PR_GET_TID_ADDRESS, name));
    SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_SECCOMP));
    SHOW(prctl(PR_GET_TSC, name));
    SHOW(prctl(PR_GET_KEEPCAPS));
    SHOW(prctl(PR_SET_KEEPCAPS, 2));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0));
    SHOW(prctl(PR_GET_SPECULATION_CTRL, 99, 0, 0, 0));
    SHOW(prctl(9999));
    SHOW(personality(0xffffffff));
    SHOW(personality(PER_LINUX));
    SHOW(umask(0777));
    SHOW(umask(01777));
    SHOW(umask(022));
    utsname about{};
    SHOW(uname(&about));
    std::printf("%s %s %s\n", about.sysname, about.machine, about.domainname);
    SHOW(sethostname(std::string(65, 'x').c_str(), 65));
    SHOW(sethostname("x", static_cast<std::size_t>(-1)));
    SHOW(syscall(SYS_sethostname, nullptr, 4));
    SHOW(setdomainname(std::string(65, 'x').c_str(), 65));
    SHOW(syscall(SYS_getcpu, nullptr, nullptr, nullptr));
    SHOW(syscall(SYS_syslog, 99, nullptr, 0));
    SHOW(syscall(SYS_syslog, 8, nullptr, 99));
    SHOW(syscall(SYS_reboot, 1, 2, 3, 4));
    SHOW(syscall(SYS_getrandom, name, 4, 99));
    SHOW(syscall(SYS_getrandom, name, 4, 7));
    SHOW(syscall(SYS_getrandom, nullptr, 4, 0));
    SHOW(syscall(SYS_getrandom, name, 0, 0));
}

void limits() {
    rlimit old{};
    for (int i = 0; i < 16; ++i) {
        getrlimit(static_cast<__rlimit_resource>(i), &old);
        // Linux makes these two from the size of memory.
        if (i != RLIMIT_NPROC && i != RLIMIT_SIGPENDING)
            std::printf("%d: %lx %lx\n", i, old.rlim_cur, old.rlim_max);
    }
    SHOW(getrlimit(static_cast<__rlimit_resource>(16), &old));
    SHOW(syscall(SYS_prlimit64, 0, RLIMIT_CORE, nullptr, nullptr));
    SHOW(syscall(SYS_prlimit64, 999999, RLIMIT_CORE, nullptr, &old));
    SHOW(syscall(SYS_prlimit64, -1, RLIMIT_CORE, nullptr, &old));
    SHOW(syscall(SYS_prlimit64, 0, 99, nullptr, &old));
    SHOW(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, nullptr, &old));
    in_child([] {
        rlimit lower{.rlim_cur = 5, .rlim_max = 50};
        SHOW(setrlimit(RLIMIT_CORE, &lower));
        become_nobody();
        SHOW(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, nullptr, &lower));
        SHOW(setrlimit(RLIMIT_CORE, &lower));
        lower = {.rlim_cur = 60, .rlim_max = 50};
        SHOW(setrlimit(RLIMIT_CORE, &lower));
        lower = {.rlim_cur = 40, .rlim_max = 60};
        SHOW(setrlimit(RLIMIT_CORE, &lower));
        lower = {.rlim_cur = 40, .rlim_max = 40};
        SHOW(setrlimit(RLIMIT_CORE, &lower));
        rlimit const few{.rlim_cur = 1, .rlim_max = 1};
        SHOW(setrlimit(RLIMIT_NPROC, &few));
        SHOW(fork());
    });
    rusage usage{};
    SHOW(getrusage(RUSAGE_SELF, &usage));
    SHOW(getrusage(RUSAGE_CHILDREN, &usage));
    SHOW(getrusage(RUSAGE_THREAD, &usage));
    SHOW(getrusage(static_cast<__rusage_who>(9), &usage));
}

void cloning() {
    int value = 0;
    auto const clone = [](unsigned long flags) {
        std::fflush(stdout);
        long const child = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
        if (child == 0)
            _exit(0);
        if (child > 0)
            waitpid(static_cast<pid_t>(child), nullptr, __WALL);
        return child > 0 ? 0 : child;
    };
    SHOW(clone(SIGCHLD));
    SHOW(clone(0));
    SHOW(clone(SIGUSR2 | CLONE_UNTRACED) == 0 || true);
    SHOW(clone(CLONE_THREAD));
    SHOW(clone(CLONE_SIGHAND));
    SHOW(clone(CLONE_THREAD | CLONE_SIGHAND));
    SHOW(clone(CLONE_NEWNS | CLONE_FS));
    SHOW(clone(CLONE_VFORK | SIGCHLD));
    struct clone_args args{};
    auto const clone3 = [&](std::size_t size) {
        long const child = syscall(SYS_clone3, &args, size);
        if (child == 0)
            _exit(0);
        if (child > 0)
            waitpid(static_cast<pid_t>(child), nullptr, __WALL);
        return child > 0 ? 0 : child;
    };
    SHOW(clone3(8));
    SHOW(clone3(1 << 20));
    SHOW(clone3(sizeof args));
    args.exit_signal = 999;
    SHOW(clone3(sizeof args));
    args.exit_signal = SIGCHLD;
    args.stack = 4096;
    SHOW(clone3(sizeof args));
    args.stack = 0;
    args.flags = CLONE_DETACHED;
    SHOW(clone3(sizeof args));
    args.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM;
    SHOW(clone3(sizeof args));
    args.flags = CLONE_CLEAR_SIGHAND;
    SHOW(clone3(sizeof args));
    (void)value;
}

void futexes() {
    int word = 5;
    timespec const soon{.tv_sec = 0, .tv_nsec = 1000000};
    timespec const bad{.tv_sec = 0, .tv_nsec = 1000000000};
    auto const futex = [](void* at, int operation, int value, timespec const* time = nullptr,
                          void* other = nullptr, int third = 0) {
        return syscall(SYS_futex, at, operation, value, time, other, third);
    };
    SHOW(futex(&word, FUTEX_WAIT, 4));
    SHOW(futex(&word, FUTEX_WAIT, 5, &soon));
    SHOW(futex(&word, FUTEX_WAIT, 5, &bad));
    SHOW(futex(&word, FUTEX_WAKE, 1));
    SHOW(futex(reinterpret_cast<char*>(&word) + 1, FUTEX_WAIT, 5));
    SHOW(futex(reinterpret_cast<char*>(&word) + 1, FUTEX_WAKE, 5));
    SHOW(futex(nullptr, FUTEX_WAIT, 5));
    SHOW(futex(nullptr, FUTEX_WAKE, 5));
    SHOW(futex(nullptr, FUTEX_WAKE_PRIVATE, 5));
    SHOW(futex(&word, FUTEX_WAIT_BITSET, 5, &soon, nullptr, 1));
    SHOW(futex(&word, FUTEX_WAIT_BITSET, 5, &soon, nullptr, 0));
    SHOW(futex(&word, FUTEX_WAKE_BITSET, 5, nullptr, nullptr, 0));
    SHOW(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, &soon));
    SHOW(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 5));
    SHOW(futex(&word, FUTEX_REQUEUE, 1, nullptr, &word + 1, 0));
    SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, nullptr, &word + 1, 4));
    SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, nullptr, &word + 1, 5));
    SHOW(futex(&word, FUTEX_CMP_REQUEUE, -1, nullptr, &word + 1, 5));
    SHOW(futex(&word, FUTEX_FD, 1));
    SHOW(futex(&word, 99, 1));
    SHOW(syscall(SYS_set_robust_list, nullptr, 1));
    SHOW(syscall(SYS_get_robust_list, 999999, &word, &word));
}

constexpr Section sections[] = {
    {"identities", identities}, {"groups", groups}, {"prctl", controls},
    {"limits", limits},         {"clone", cloning}, {"futex", futexes},
};

} // namespace

std::span<Section const> const process_sections = sections;

} // namespace corners
