// Corner cases of signals: handlers, masks, queues, stacks, interrupted calls.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {
namespace {

std::string seen; // what the handlers saw

void note(int signal, siginfo_t* about, void*) {
    char text[128];
    std::snprintf(text, sizeof text, " [%d code %d pid %d value %d]", signal, about->si_code,
                  about->si_code <= 0 ? about->si_pid == getpid() : 0,
                  about->si_code == SI_QUEUE ? about->si_value.sival_int : 0);
    seen += text;
}

void handle(int signal, int flags = 0) {
    struct sigaction action{};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(signal, &action, nullptr);
}

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (int const signal : signals)
        sigaddset(&set, signal);
    return set;
}

void told(char const* what) {
    say(what, seen);
    seen.clear();
}

void actions() {
    struct sigaction action{};
    struct sigaction old{};
    action.sa_handler = SIG_IGN;
    SHOW(sigaction(SIGKILL, &action, nullptr));
    SHOW(sigaction(SIGSTOP, &action, nullptr));
    SHOW(sigaction(SIGKILL, nullptr, &old));
    SHOW(syscall(SYS_rt_sigaction, 0, nullptr, &old, 8));
    SHOW(syscall(SYS_rt_sigaction, 65, nullptr, &old, 8));
    SHOW(syscall(SYS_rt_sigaction, 10, nullptr, &old, 4));
    SHOW(syscall(SYS_rt_sigprocmask, 9, &action, nullptr, 8));
    SHOW(syscall(SYS_rt_sigprocmask, 9, nullptr, nullptr, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &action, nullptr, 16));
    sigset_t all;
    sigfillset(&all);
    SHOW(sigprocmask(SIG_SETMASK, &all, nullptr));
    sigprocmask(SIG_SETMASK, nullptr, &all);
    std::printf("kill %d stop %d term %d\n", sigismember(&all, SIGKILL), sigismember(&all, SIGSTOP),
                sigismember(&all, SIGTERM));
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    handle(SIGUSR1, static_cast<int>(SA_RESETHAND));
    raise(SIGUSR1);
    told("once");
    sigaction(SIGUSR1, nullptr, &old);
    say("then the default", old.sa_handler == SIG_DFL);
    action.sa_handler = [](int signal) {
        sigset_t mask;
        sigprocmask(SIG_BLOCK, nullptr, &mask);
        std::printf("in it: own %d usr2 %d\n", sigismember(&mask, signal),
                    sigismember(&mask, SIGUSR2));
    };
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, nullptr);
    raise(SIGUSR1);
    action.sa_flags = SA_NODEFER;
    sigaction(SIGUSR1, &action, nullptr);
    raise(SIGUSR1);
    SHOW(sigaction(SIGUSR1, nullptr, &old));
    std::printf("flags %x\n", static_cast<unsigned>(old.sa_flags) & ~0x04000000U);
    action.sa_flags = 0x400 | 0x800 | 0x10000; // SA_UNSUPPORTED, SA_EXPOSE_TAGBITS and a free one
    sigaction(SIGUSR1, &action, nullptr);
    sigaction(SIGUSR1, nullptr, &old);
    std::printf("flags %x\n", static_cast<unsigned>(old.sa_flags) & ~0x04000000U);
    // What exec keeps: ignored signals and the mask.
    signal(SIGUSR2, SIG_IGN);
    auto const blocked = set_of({SIGHUP, SIGRTMIN + 2});
    sigprocmask(SIG_SETMASK, &blocked, nullptr);
    execl("/bin/busybox", "grep", "-E", "^Sig(Blk|Ign|Cgt|Pnd)|^ShdPnd", "/proc/self/status",
          nullptr);
}

void queues() {
    auto const both = set_of({SIGUSR1, SIGRTMIN, SIGRTMIN + 1, SIGCHLD});
    sigprocmask(SIG_BLOCK, &both, nullptr);
    for (int const signal : {SIGUSR1, SIGRTMIN, SIGRTMIN + 1, SIGCHLD})
        handle(signal);
    for (int i = 1; i <= 3; ++i) {
        SHOW(sigqueue(getpid(), SIGUSR1, {.sival_int = i}));
        SHOW(sigqueue(getpid(), SIGRTMIN + 1, {.sival_int = i}));
        SHOW(sigqueue(getpid(), SIGRTMIN, {.sival_int = i}));
    }
    kill(getpid(), SIGRTMIN);
    sigset_t pending;
    SHOW(sigpending(&pending));
    std::printf("usr1 %d rt %d term %d\n", sigismember(&pending, SIGUSR1),
                sigismember(&pending, SIGRTMIN), sigismember(&pending, SIGTERM));
    siginfo_t about{};
    timespec const none{};
    auto const rt = set_of({SIGRTMIN});
    SHOW(sigtimedwait(&rt, &about, &none) - SIGRTMIN);
    std::printf("code %d value %d\n", about.si_code, about.si_value.sival_int);
    SHOW(sigtimedwait(&both, &about, &none));
    sigprocmask(SIG_UNBLOCK, &both, nullptr);
    told("in order");
    SHOW(sigtimedwait(&rt, &about, &none));
    timespec const bad{.tv_sec = 0, .tv_nsec = 1000000000};
    SHOW(sigtimedwait(&rt, &about, &bad));
    SHOW(sigqueue(getpid(), 0, {.sival_int = 1}));
    SHOW(sigqueue(getpid(), 65, {.sival_int = 1}));
    SHOW(sigqueue(999999, SIGUSR1, {.sival_int = 1}));
    siginfo_t forged{};
    forged.si_code = SI_USER;
    SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged));
    SHOW(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &forged));
    forged.si_code = SI_TKILL;
    SHOW(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &forged));
    told("to oneself anything goes");
    handle(SIGUSR2);
    SHOW(raise(SIGUSR2));
    SHOW(syscall(SYS_tkill, getpid(), SIGUSR2));
    SHOW(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2));
    SHOW(syscall(SYS_tgkill, getppid(), getpid(), SIGUSR2));
    SHOW(syscall(SYS_tgkill, 0, getpid(), SIGUSR2));
    SHOW(syscall(SYS_tkill, -1, SIGUSR2));
    SHOW(syscall(SYS_tkill, 999999, SIGUSR2));
    SHOW(kill(getpid(), 65));
    SHOW(kill(getpid(), -1));
    SHOW(kill(999999, 0));
    SHOW(kill(-999999, 0));
    told("thread");
    alarm(0);
    // Ignoring throws away what is pending.
    sigprocmask(SIG_BLOCK, &both, nullptr);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    say("pending", sigismember(&pending, SIGUSR1));
    in_child([] {
        raise(SIGRTMIN);
        if (fork() == 0) {
            sigset_t inherited;
            sigpending(&inherited);
            say("inherited", sigismember(&inherited, SIGRTMIN));
            _exit(0);
        }
        wait(nullptr);
    });
}

void interruptions() {
    int ends[2];
    pipe(ends);
    char byte = 0;
    auto const later = [](int signal) {
        pid_t const parent = getpid();
        std::fflush(stdout);
        pid_t const child = fork();
        if (child == 0) {
            await_state(parent, 'S');
            kill(parent, signal);
            _exit(0);
        }
        return child;
    };
    handle(SIGUSR1);
    pid_t child = later(SIGUSR1);
    SHOW(read(ends[0], &byte, 1));
    waitpid(child, nullptr, 0);
    handle(SIGUSR1, SA_RESTART);
    std::fflush(stdout);
    pid_t const parent = getpid();
    child = fork();
    if (child == 0) {
        await_state(parent, 'S');
        kill(parent, SIGUSR1);
        await_state(parent, 'S');
        write(ends[1], "x", 1);
        _exit(0);
    }
    SHOW(read(ends[0], &byte, 1));
    waitpid(child, nullptr, 0);
    told("restarted");
    child = later(SIGUSR1);
    SHOW(pause()); // never restarted
    waitpid(child, nullptr, 0);
    child = later(SIGUSR1);
    auto const nothing = set_of({});
    SHOW(sigsuspend(&nothing));
    waitpid(child, nullptr, 0);
    child = later(SIGUSR1);
    SHOW(usleep(2000000000) == -1 && errno == EINTR);
    waitpid(child, nullptr, 0);
    child = later(SIGUSR1);
    auto const rt = set_of({SIGRTMIN});
    SHOW(sigtimedwait(&rt, nullptr, nullptr));
    waitpid(child, nullptr, 0);
    told("the others");
    signal(SIGUSR1, SIG_DFL);
    signal(SIGCHLD, SIG_IGN);
    child = fork();
    if (child == 0)
        _exit(3);
    SHOW(waitpid(child, nullptr, 0)); // nobody is left to wait for
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    action.sa_flags = SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, nullptr);
    child = fork();
    if (child == 0)
        _exit(3);
    SHOW(waitpid(-1, nullptr, 0));
}

alignas(16) char other_stack[65536];

void alternate_stack() {
    stack_t old{};
    SHOW(sigaltstack(nullptr, &old));
    std::printf("flags %d size %zu\n", old.ss_flags, old.ss_size);
    stack_t stack{.ss_sp = other_stack, .ss_flags = 0, .ss_size = 100};
    SHOW(sigaltstack(&stack, nullptr));
    stack = {.ss_sp = other_stack, .ss_flags = 8, .ss_size = sizeof other_stack};
    SHOW(sigaltstack(&stack, nullptr));
    stack = {.ss_sp = other_stack, .ss_flags = SS_ONSTACK, .ss_size = sizeof other_stack};
    SHOW(sigaltstack(&stack, nullptr));
    stack = {.ss_sp = other_stack, .ss_flags = 0, .ss_size = sizeof other_stack};
    SHOW(sigaltstack(&stack, nullptr));
    struct sigaction action{};
    action.sa_flags = SA_ONSTACK;
    action.sa_handler = [](int) {
        char here = 0;
        stack_t now{};
        say("on it", &here > other_stack && &here < other_stack + sizeof other_stack);
        SHOW(sigaltstack(nullptr, &now));
        say("flags", now.ss_flags);
        SHOW(sigaltstack(&now, nullptr));
        stack_t const off{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
        SHOW(sigaltstack(&off, nullptr));
    };
    sigaction(SIGUSR1, &action, nullptr);
    raise(SIGUSR1);
    in_child([] {
        stack_t forked{};
        sigaltstack(nullptr, &forked);
        say("forked size", static_cast<long>(forked.ss_size));
    });
    stack = {.ss_sp = other_stack,
             .ss_flags = static_cast<int>(1U << 31),
             .ss_size = sizeof other_stack};
    SHOW(sigaltstack(&stack, nullptr));
    action.sa_handler = [](int) {
        stack_t now{};
        sigaltstack(nullptr, &now);
        std::printf("while handling %x\n", static_cast<unsigned>(now.ss_flags));
    };
    sigaction(SIGUSR1, &action, nullptr);
    raise(SIGUSR1);
    SHOW(sigaltstack(nullptr, &old));
    std::printf("afterwards %x\n", static_cast<unsigned>(old.ss_flags));
    stack = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
    SHOW(sigaltstack(&stack, nullptr));
    say("overflow without it", ending(in_child([] {
            signal(SIGSEGV, [](int) { _exit(9); });
            char* const down = static_cast<char*>(
                mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
            asm volatile("mov %0, %%rsp; push %%rax" ::"r"(down + 4096) : "memory");
        })));
}

constexpr Section sections[] = {
    {"sigaction", actions},
    {"sigqueue", queues},
    {"interruptions", interruptions},
    {"sigaltstack", alternate_stack},
};

} // namespace

std::span<Section const> const signal_sections = sections;

} // namespace corners
