// Corner cases of waiting for descriptors: poll and select.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace corners {
namespace {

void print(char const* what, int file,
           int events = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLRDBAND |
                        POLLRDHUP) {
    pollfd one{.fd = file, .events = static_cast<short>(events), .revents = 0};
    int const count = poll(&one, 1, 0);
    std::printf("%s: %d %x\n", what, count, one.revents);
}

void polls() {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    print("empty pipe", ends[0]);
    print("its writer", ends[1]);
    print("reader for nothing", ends[0], 0);
    write(ends[1], "x", 1);
    print("full reader", ends[0]);
    while (write(ends[1], &ends, 1) > 0) {
    }
    print("full writer", ends[1]);
    int const again = dup(ends[1]);
    close(ends[1]);
    print("another writer is there", ends[0]);
    close(again);
    print("writer gone", ends[0]);
    print("writer gone, for nothing", ends[0], 0);
    pipe(ends);
    close(ends[1]);
    print("empty and gone", ends[0]);
    pipe(ends);
    close(ends[0]);
    print("reader gone", ends[1]);
    print("file", file_with("f", ""));
    print("directory", open(".", O_RDONLY));
    print("null", open("/dev/null", O_RDWR));
    print("zero", open("/dev/zero", O_RDWR));
    print("full", open("/dev/full", O_RDWR));
    print("random", open("/dev/urandom", O_RDWR));
    print("proc", open("/proc/version", O_RDONLY));
    print("path", open(".", O_PATH));
    print("closed", 99);
    print("negative", -1);
    mkfifo("p", 0644);
    int const fifo = open("p", O_RDONLY | O_NONBLOCK);
    print("fifo without a writer yet", fifo);
    int const writer = open("p", O_WRONLY);
    print("fifo with one", fifo);
    close(writer);
    print("fifo left", fifo);
    SHOW(poll(nullptr, 0, 0));
    SHOW(poll(nullptr, 1, 0));
    SHOW(poll(nullptr, 0, 1));
    rlimit limit{.rlim_cur = 10, .rlim_max = 4096};
    setrlimit(RLIMIT_NOFILE, &limit);
    pollfd many[20] = {};
    SHOW(poll(many, 11, 0));
    SHOW(poll(many, 10, 0) >= 0);
    timespec const bad{.tv_sec = 0, .tv_nsec = 1000000000};
    timespec const negative{.tv_sec = -1, .tv_nsec = 0};
    timespec none{};
    SHOW(syscall(SYS_ppoll, many, 1, &bad, nullptr, 8));
    SHOW(syscall(SYS_ppoll, many, 1, &negative, nullptr, 8));
    SHOW(syscall(SYS_ppoll, many, 1, &none, &none, 4));
}

void selects() {
    int ends[2];
    pipe(ends);
    fd_set in, out;
    timeval none{};
    auto const reset = [&] {
        FD_ZERO(&in);
        FD_ZERO(&out);
        FD_SET(ends[0], &in);
        FD_SET(ends[1], &out);
        none = {};
    };
    reset();
    SHOW(select(ends[1] + 1, &in, &out, nullptr, &none));
    std::printf("%d %d\n", FD_ISSET(ends[0], &in), FD_ISSET(ends[1], &out));
    write(ends[1], "x", 1);
    reset();
    SHOW(select(ends[1] + 1, &in, &out, nullptr, &none));
    reset();
    SHOW(select(ends[1], &in, &out, nullptr, &none)); // the last is not asked for
    reset();
    SHOW(select(-1, &in, &out, nullptr, &none));
    reset();
    SHOW(select(INT_MAX, &in, &out, nullptr, &none));
    reset();
    FD_SET(60, &in);
    SHOW(select(61, &in, &out, nullptr, &none));
    std::printf("still %d\n", FD_ISSET(ends[0], &in));
    none = {.tv_sec = -1, .tv_usec = 0};
    SHOW(select(0, nullptr, nullptr, nullptr, &none));
    none = {.tv_sec = 0, .tv_usec = 2000};
    SHOW(select(0, nullptr, nullptr, nullptr, &none));
    std::printf("left %ld %ld\n", none.tv_sec, static_cast<long>(none.tv_usec));
    none = {.tv_sec = 0, .tv_usec = 1000001}; // more than a second is allowed
    SHOW(select(ends[1] + 1, nullptr, (reset(), none.tv_usec = 1000001, &out), nullptr, &none));
    SHOW(select(1, reinterpret_cast<fd_set*>(8), nullptr, nullptr, &none));
    reset();
    close(ends[0]);
    FD_ZERO(&in);
    signal(SIGPIPE, SIG_IGN);
    SHOW(select(ends[1] + 1, nullptr, &out, nullptr, &none));
    pipe(ends);
    close(ends[1]);
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[0], &out);
    SHOW(select(ends[0] + 1, &in, nullptr, &out, &none)); // an end is readable, not an exception
    // A signal that the mask of the call lets through.
    sigset_t blocked, empty;
    sigemptyset(&blocked);
    sigemptyset(&empty);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    signal(SIGUSR1, [](int) { std::printf("handled\n"); });
    raise(SIGUSR1);
    SHOW(pselect(0, nullptr, nullptr, nullptr, nullptr, &empty));
    raise(SIGUSR1);
    SHOW(ppoll(nullptr, 0, nullptr, &empty));
    sigprocmask(SIG_BLOCK, nullptr, &empty);
    say("blocked again", sigismember(&empty, SIGUSR1));
}

void counters() {
    SHOW(syscall(SYS_eventfd2, 0, 4));
    SHOW(syscall(SYS_eventfd2, 0, O_RDWR));
    int const counter = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);
    SHOW(counter >= 0);
    SHOW(fcntl(counter, F_GETFD));
    SHOW(fcntl(counter, F_GETFL));
    std::uint64_t value = 0;
    print("with a count", counter, POLLIN | POLLOUT);
    SHOW(read(counter, &value, 4));
    SHOW(read(counter, &value, 8));
    say("count", static_cast<long>(value));
    SHOW(read(counter, &value, 8));
    print("without", counter, POLLIN | POLLOUT);
    SHOW(write(counter, &value, 7));
    value = UINT64_MAX;
    SHOW(write(counter, &value, 8));
    value = UINT64_MAX - 1;
    SHOW(write(counter, &value, 8));
    print("full", counter, POLLIN | POLLOUT);
    value = 1;
    SHOW(write(counter, &value, 8));
    value = 0;
    SHOW(write(counter, &value, 8));
    std::uint64_t large[4] = {};
    SHOW(read(counter, large, sizeof large));
    SHOW(write(counter, nullptr, 8));
    SHOW(read(counter, nullptr, 8));
    SHOW(ftruncate(counter, 0));
    char target[64] = {};
    readlink(("/proc/self/fd/" + std::to_string(counter)).c_str(), target, sizeof target - 1);
    say("link", target);
    int const semaphore = eventfd(2, EFD_SEMAPHORE);
    SHOW(read(semaphore, &value, 8));
    say("one", static_cast<long>(value));
    SHOW(read(semaphore, &value, 8));
    in_child([&] {
        pid_t const parent = getppid();
        if (fork() == 0) {
            await_state(parent, 'S');
            std::uint64_t const one = 5;
            write(semaphore, &one, 8);
            _exit(0);
        }
    });
    SHOW(read(semaphore, &value, 8)); // waits for the child
    say("one", static_cast<long>(value));
}

void timer_files() {
    SHOW(timerfd_create(99, 0));
    SHOW(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    SHOW(timerfd_create(CLOCK_MONOTONIC, 1));
    int const timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    SHOW(timer >= 0);
    SHOW(fcntl(timer, F_GETFL));
    std::uint64_t value = 0;
    itimerspec setting{};
    itimerspec old{};
    SHOW(read(timer, &value, 8));
    SHOW(read(timer, &value, 4));
    SHOW(write(timer, &value, 8));
    SHOW(timerfd_gettime(timer, &old));
    std::printf("%ld %ld\n", old.it_value.tv_sec, old.it_interval.tv_sec);
    setting.it_value.tv_nsec = 1000000000;
    SHOW(timerfd_settime(timer, 0, &setting, nullptr));
    setting = {.it_interval = {.tv_sec = 7, .tv_nsec = 0},
               .it_value = {.tv_sec = 3600, .tv_nsec = 0}};
    SHOW(timerfd_settime(timer, 8, &setting, nullptr));
    SHOW(timerfd_settime(99, 0, &setting, nullptr));
    SHOW(timerfd_settime(0, 0, &setting, nullptr));
    SHOW(timerfd_settime(timer, 0, nullptr, nullptr));
    SHOW(timerfd_settime(timer, 0, &setting, nullptr));
    SHOW(timerfd_gettime(timer, &old));
    std::printf("%d %ld\n", old.it_value.tv_sec >= 3590, old.it_interval.tv_sec);
    print("later", timer, POLLIN | POLLOUT);
    setting = {.it_interval = {.tv_sec = 0, .tv_nsec = 1000000},
               .it_value = {.tv_sec = 0, .tv_nsec = 1}};
    SHOW(timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, &old));
    pollfd one{.fd = timer, .events = POLLIN, .revents = 0};
    SHOW(poll(&one, 1, 10000));
    usleep(20000);
    SHOW(read(timer, &value, 8));
    say("several", value > 5);
    setting.it_value = {};
    SHOW(timerfd_settime(timer, 0, &setting, nullptr));
    SHOW(read(timer, &value, 8));
    SHOW(fcntl(timer, F_SETFL, 0));
    setting = {.it_interval = {.tv_sec = 0, .tv_nsec = 0},
               .it_value = {.tv_sec = 0, .tv_nsec = 5000000}};
    SHOW(timerfd_settime(timer, 0, &setting, nullptr));
    SHOW(read(timer, &value, 8));
    say("once", static_cast<long>(value));
    SHOW(timerfd_gettime(timer, &old));
    std::printf("%ld %ld\n", old.it_value.tv_sec, old.it_value.tv_nsec);
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    int const wall = timerfd_create(CLOCK_REALTIME, 0);
    setting.it_value = now;
    SHOW(timerfd_settime(wall, TFD_TIMER_ABSTIME, &setting, nullptr));
    SHOW(read(wall, &value, 8));
    say("in the past", static_cast<long>(value));
}

constexpr Section sections[] = {
    {"eventfd", counters},
    {"timerfd", timer_files},
    {"poll", polls},
    {"select", selects},
};

} // namespace

std::span<Section const> const event_sections = sections;

} // namespace corners
