// Corner cases of children: waiting for them, stopping them, adopting them.
#include "tests/corners/corners.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {
namespace {

void print(char const* what, siginfo_t const& about, pid_t child) {
    std::printf("%s: signal %d code %d status %d child %d\n", what, about.si_signo, about.si_code,
                about.si_status, about.si_pid == child);
}

void waiting() {
    SHOW(wait(nullptr));
    SHOW(waitpid(999999, nullptr, 0));
    SHOW(waitpid(-999999, nullptr, 0));
    SHOW(waitpid(-1, nullptr, 1 << 10));
    SHOW(waitpid(getpid(), nullptr, 0));
    siginfo_t about{};
    SHOW(waitid(P_ALL, 0, &about, WEXITED));
    std::fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
        signal(SIGCONT, [](int) {});
        raise(SIGSTOP);
        pause();
        raise(SIGTSTP);
        raise(SIGSTOP);
        abort();
    }
    SHOW(waitid(P_PID, static_cast<id_t>(child), &about, 0));
    SHOW(waitid(static_cast<idtype_t>(9), 0, &about, WEXITED));
    SHOW(waitid(P_PID, 0, &about, WEXITED));
    int status = 0;
    SHOW(waitpid(child, &status, WUNTRACED) == child);
    std::printf("status %x\n", status);
    SHOW(waitpid(child, &status, WUNTRACED | WNOHANG)); // told once
    SHOW(waitid(P_PID, static_cast<id_t>(child), &about, WEXITED | WNOHANG));
    say("nothing", about.si_pid);
    kill(child, SIGCONT);
    SHOW(waitid(P_PID, static_cast<id_t>(child), &about, WCONTINUED | WNOWAIT));
    print("continued", about, child);
    SHOW(waitpid(child, &status, WCONTINUED) == child);
    std::printf("status %x\n", status);
    await_state(child, 'S');
    kill(child, SIGSTOP);
    SHOW(waitid(P_PGID, 0, &about, WSTOPPED));
    print("stopped", about, child);
    kill(child, SIGTERM); // pending until it continues
    kill(child, SIGCONT);
    SHOW(waitid(P_ALL, 0, &about, WEXITED | WNOWAIT));
    print("killed", about, child);
    SHOW(kill(child, 0));
    SHOW(waitpid(child, &status, 0) == child);
    std::printf("status %x\n", status);
    SHOW(kill(child, 0));
    for (int const signal : {SIGABRT, SIGKILL, SIGSEGV}) {
        pid_t const other = fork();
        if (other == 0) {
            kill(getpid(), signal);
            _exit(1);
        }
        waitid(P_PID, static_cast<id_t>(other), &about, WEXITED);
        print("dumped or killed", about, other);
    }
    pid_t const exits = fork();
    if (exits == 0)
        _exit(0x1234);
    SHOW(waitid(P_PID, static_cast<id_t>(exits), &about, WEXITED));
    print("exited", about, exits);
    // An exit tells the parent, with the reason.
    struct sigaction action{};
    action.sa_sigaction = [](int, siginfo_t* told, void*) {
        std::printf("child: code %d status %d\n", told->si_code, told->si_status);
    };
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGCHLD, &action, nullptr);
    in_child([] { _exit(7); });
    in_child([] { raise(SIGTERM); });
}

void parents() {
    int ends[2];
    pipe(ends);
    // Who adopts, and what a parent's death sends.
    in_child([=] {
        pid_t const middle = getpid();
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            int got = 0;
            prctl(PR_GET_PDEATHSIG, &got);
            sigset_t blocked;
            sigemptyset(&blocked);
            sigaddset(&blocked, SIGUSR1);
            sigprocmask(SIG_BLOCK, &blocked, nullptr);
            kill(middle, SIGCONT);
            siginfo_t about{};
            if (getppid() == middle)
                write(ends[1], "p", 1);
            sigwaitinfo(&blocked, &about);
            char const text[] = {got == SIGUSR1 ? 'y' : 'n', getppid() == 1 ? '1' : 'o'};
            write(ends[1], text, 2);
            _exit(0);
        }
        char byte = 0;
        read(ends[0], &byte, 1);
    });
    char text[3] = {};
    read(ends[0], text, 1);
    read(ends[0], text + 1, 1);
    say("told and adopted", text);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    in_child([=] {
        pid_t const middle = getpid();
        if (fork() == 0) {
            while (getppid() == middle)
                usleep(1000);
            _exit(5);
        }
    });
    int status = 0;
    SHOW(wait(&status) > 0);
    say("a grandchild", ending(status));
    SHOW(prctl(PR_SET_PDEATHSIG, 65));
}

constexpr Section sections[] = {{"waiting", waiting}, {"parents", parents}};

} // namespace

std::span<Section const> const child_sections = sections;

} // namespace corners
