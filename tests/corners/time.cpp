// Corner cases of clocks, timers and sleeping. Nothing printed depends on how long something took.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <unistd.h>

namespace corners {
namespace {

void clocks() {
    timespec time{};
    for (int const clock : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, -1, -6, -7, 1000}) {
        std::printf("clock %d: ", clock);
        show("clock_gettime", syscall(SYS_clock_gettime, clock, &time));
        std::printf("valid %d; ", time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
        show("clock_getres", syscall(SYS_clock_getres, clock, &time));
    }
    SHOW(syscall(SYS_clock_gettime, 0, nullptr));
    SHOW(syscall(SYS_clock_getres, 0, nullptr));
    for (int const clock : {0, 1, 4, 5, 6, 7, 11}) {
        syscall(SYS_clock_getres, clock, &time);
        std::printf("resolution of %d: %ld\n", clock, time.tv_nsec);
    }
    timespec const bad{.tv_sec = 0, .tv_nsec = 1000000000};
    timespec const negative{.tv_sec = -1, .tv_nsec = 0};
    timespec const fine{.tv_sec = 1000000000, .tv_nsec = 0};
    SHOW(clock_settime(CLOCK_REALTIME, &bad));
    SHOW(clock_settime(CLOCK_REALTIME, &negative));
    SHOW(clock_settime(CLOCK_MONOTONIC, &fine));
    SHOW(clock_settime(99, &fine));
    in_child([&] {
        become_nobody();
        SHOW(clock_settime(CLOCK_REALTIME, &fine));
        timeval const now{.tv_sec = 1, .tv_usec = 0};
        SHOW(settimeofday(&now, nullptr));
    });
    timeval const micro{.tv_sec = 1, .tv_usec = 1000000};
    SHOW(settimeofday(&micro, nullptr));
    SHOW(syscall(SYS_gettimeofday, nullptr, nullptr));
    SHOW(syscall(SYS_time, nullptr) > 0);
    timespec first{}, second{};
    clock_gettime(CLOCK_MONOTONIC, &first);
    clock_gettime(CLOCK_MONOTONIC, &second);
    say("forwards",
        second.tv_sec * 1000000000 + second.tv_nsec >= first.tv_sec * 1000000000 + first.tv_nsec);
    clockid_t clock{};
    SHOW(clock_getcpuclockid(0, &clock));
    SHOW(clock_gettime(clock, &time));
    SHOW(clock_getcpuclockid(getppid(), &clock));
    SHOW(clock_getcpuclockid(999999, &clock));
}

void sleeping() {
    timespec left{.tv_sec = 7, .tv_nsec = 7};
    timespec const bad{.tv_sec = 0, .tv_nsec = 1000000000};
    timespec const negative{.tv_sec = -1, .tv_nsec = 0};
    timespec const none{.tv_sec = 0, .tv_nsec = 0};
    timespec const past{.tv_sec = 1, .tv_nsec = 0};
    SHOW(nanosleep(&bad, &left));
    SHOW(nanosleep(&negative, &left));
    SHOW(nanosleep(&none, &left));
    say("untouched", left.tv_sec);
    SHOW(syscall(SYS_nanosleep, nullptr, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &past, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_TAI, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_REALTIME_COARSE, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, 99, 0, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 2, &none, nullptr));
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &bad, nullptr));
    signal(SIGALRM, [](int) {});
    itimerval const soon{.it_interval = {.tv_sec = 0, .tv_usec = 0},
                         .it_value = {.tv_sec = 0, .tv_usec = 20000}};
    timespec const hour{.tv_sec = 3600, .tv_nsec = 0};
    setitimer(ITIMER_REAL, &soon, nullptr);
    SHOW(nanosleep(&hour, &left));
    say("most of it is left", left.tv_sec >= 3590 && left.tv_sec < 3600);
    left.tv_sec = 7;
    timespec absolute{};
    clock_gettime(CLOCK_MONOTONIC, &absolute);
    absolute.tv_sec += 3600;
    setitimer(ITIMER_REAL, &soon, nullptr);
    SHOW(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, &left));
    say("untouched", left.tv_sec);
    signal(SIGALRM, SIG_IGN);
    timespec const moment{.tv_sec = 0, .tv_nsec = 50000000};
    setitimer(ITIMER_REAL, &soon, nullptr);
    SHOW(nanosleep(&moment, nullptr)); // what is ignored does not wake
}

void interval_timers() {
    itimerval old{};
    itimerval const bad{.it_interval = {.tv_sec = 0, .tv_usec = 0},
                        .it_value = {.tv_sec = 0, .tv_usec = 1000000}};
    itimerval const hour{.it_interval = {.tv_sec = 5, .tv_usec = 6},
                         .it_value = {.tv_sec = 3600, .tv_usec = 0}};
    SHOW(setitimer(ITIMER_REAL, &bad, nullptr));
    SHOW(setitimer(static_cast<__itimer_which>(3), &hour, nullptr));
    SHOW(getitimer(static_cast<__itimer_which>(3), &old));
    SHOW(setitimer(ITIMER_REAL, &hour, &old));
    std::printf("%ld %ld\n", old.it_value.tv_sec, old.it_interval.tv_sec);
    SHOW(getitimer(ITIMER_REAL, &old));
    std::printf("%d %ld.%ld\n", old.it_value.tv_sec >= 3590, old.it_interval.tv_sec,
                static_cast<long>(old.it_interval.tv_usec));
    SHOW(alarm(0) >= 3590);
    SHOW(alarm(0));
    SHOW(alarm(100));
    SHOW(alarm(50));
    in_child([] { SHOW(alarm(0)); }); // not inherited
    SHOW(syscall(SYS_setitimer, ITIMER_REAL, nullptr, &old));
    SHOW(alarm(0));
    for (auto const which : {ITIMER_VIRTUAL, ITIMER_PROF}) {
        itimerval const soon{.it_interval = {.tv_sec = 0, .tv_usec = 0},
                             .it_value = {.tv_sec = 0, .tv_usec = 10000}};
        say("ended by", ending(in_child([=] {
                setitimer(which, &soon, nullptr);
                for (;;) {
                }
            })));
    }
    say("ended by", ending(in_child([] {
            ualarm(10000, 0);
            for (;;)
                pause();
        })));
}

int code, value, overruns;

void timers() {
    timer_t timer{};
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMIN;
    event.sigev_value.sival_int = 77;
    SHOW(timer_create(99, &event, &timer));
    event.sigev_signo = 99;
    SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
    event.sigev_signo = SIGRTMIN;
    event.sigev_notify = 99;
    int raw = 0;
    SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &raw));
    SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, nullptr, &raw));
    SHOW(syscall(SYS_timer_create, CLOCK_REALTIME_COARSE, nullptr, &raw));
    for (int const clock : {0, 1, 2, 7, 11}) {
        SHOW(syscall(SYS_timer_create, clock, nullptr, &raw));
        SHOW(syscall(SYS_timer_delete, raw));
    }
    event.sigev_notify = SIGEV_SIGNAL;
    SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
    itimerspec setting{};
    itimerspec old{};
    SHOW(timer_gettime(timer, &setting));
    std::printf("%ld %ld\n", setting.it_value.tv_sec, setting.it_interval.tv_sec);
    setting.it_value.tv_nsec = 1000000000;
    SHOW(timer_settime(timer, 0, &setting, nullptr));
    setting = {.it_interval = {.tv_sec = 9, .tv_nsec = 8},
               .it_value = {.tv_sec = 3600, .tv_nsec = 0}};
    SHOW(timer_settime(timer, 0, &setting, &old));
    SHOW(timer_settime(timer, 4, &setting, &old));
    std::printf("%d %ld.%ld\n", old.it_value.tv_sec >= 3590, old.it_interval.tv_sec,
                old.it_interval.tv_nsec);
    SHOW(timer_getoverrun(timer));
    SHOW(syscall(SYS_timer_settime, 999, 0, &setting, nullptr));
    SHOW(syscall(SYS_timer_gettime, 999, &setting));
    SHOW(syscall(SYS_timer_delete, 999));
    SHOW(syscall(SYS_timer_getoverrun, 999));
    struct sigaction action{};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t* about, void*) {
        code = about->si_code;
        value = about->si_value.sival_int;
        overruns = about->si_overrun;
    };
    sigaction(SIGRTMIN, &action, nullptr);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    setting = {.it_interval = {.tv_sec = 0, .tv_nsec = 1000000},
               .it_value = {.tv_sec = 0, .tv_nsec = 1}};
    SHOW(timer_settime(timer, TIMER_ABSTIME, &setting, nullptr));
    usleep(30000);
    sigset_t none;
    sigemptyset(&none);
    SHOW(sigsuspend(&none));
    std::printf("code %d value %d overran %d\n", code, value, overruns > 5);
    SHOW(timer_delete(timer));
    SHOW(timer_delete(timer));
}

constexpr Section sections[] = {
    {"clocks", clocks},
    {"sleeping", sleeping},
    {"interval-timers", interval_timers},
    {"timers", timers},
};

} // namespace

std::span<Section const> const time_sections = sections;

} // namespace corners
