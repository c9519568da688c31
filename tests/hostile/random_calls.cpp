// Random system calls from unprivileged processes, repeatable by their seed.
#include "tests/hostile/hostile.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hostile {
namespace {

constexpr int workers = 4;
constexpr std::uint64_t batch = 1000; ///< calls that one process makes at most

/// SplitMix64 (Steele, Lea, Flood, 2014).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

private:
    std::uint64_t state_;
};

struct Progress {
    std::array<std::atomic<std::uint64_t>, workers> calls;
};

/// Ends the process, or waits for what never comes.
constexpr long left_out[] = {SYS_exit,          SYS_exit_group,      SYS_pause,
                             SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_restart_syscall};
/// Their first argument names a process; it is always the caller.
constexpr long signalling[] = {SYS_kill,
                               SYS_tkill,
                               SYS_tgkill,
                               SYS_rt_sigqueueinfo,
                               SYS_rt_tgsigqueueinfo,
                               SYS_pidfd_send_signal};

bool among(std::span<long const> list, long number) {
    return std::find(list.begin(), list.end(), number) != list.end();
}

/// A page with random bytes, paths and small numbers; calls read and write it as they like.
alignas(4096) char scratch[4 * 4096];

long random_argument(Random& random) {
    auto const pointer = [](std::uint64_t at) {
        return static_cast<long>(reinterpret_cast<std::uintptr_t>(scratch) + at);
    };
    switch (random.below(12)) {
    case 0:
        return static_cast<long>(random.below(10)); // a descriptor, a small flag
    case 1:
        return static_cast<long>(random.below(4096)); // a size, a mode
    case 2:
        return -static_cast<long>(random.below(200)); // AT_FDCWD is among them
    case 3:
    case 4:
        return pointer(random.below(sizeof scratch));
    case 5:
        return pointer(random.below(4) * 4096);
    case 6:
        return pointer(sizeof scratch - random.below(16)); // over the end
    case 7:
        return 0;
    case 8:
        return 1L << random.below(64);
    case 9:
        return static_cast<long>(0xffff800000000000 + random.below(1UL << 47));
    case 10:
        return static_cast<long>(random.below(1UL << 47)) & ~0xfffL;
    default:
        return static_cast<long>(random.next());
    }
}

void fill_scratch(Random& random) {
    static constexpr char const* paths[] = {"/tmp/a",   "/proc/self/maps", "/dev/null",  "b", "..",
                                            "/dev/pts", "/tmp/a/b",        "/proc/1/mem"};
    for (std::size_t at = 0; at + 64 <= sizeof scratch; at += 64)
        switch (random.below(3)) {
        case 0:
            std::snprintf(scratch + at, 64, "%s", paths[random.below(std::size(paths))]);
            break;
        case 1:
            for (std::size_t i = 0; i < 64; i += 8)
                *reinterpret_cast<std::uint64_t*>(scratch + at + i) = random.next();
            break;
        default:
            for (std::size_t i = 0; i < 64; i += 8)
                *reinterpret_cast<std::uint64_t*>(scratch + at + i) = random.below(100);
        }
}

[[noreturn]] void make_calls(std::uint64_t seed, std::uint64_t count,
                             std::atomic<std::uint64_t>& done) {
    if (chdir("/tmp/random") != 0 || !become_nobody())
        _exit(98);
    int const null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; ++i)
        dup2(null, i); // what it writes there is of no use
    struct sigaction action{};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, nullptr);
    itimerval const tick = {.it_interval = {0, 5000}, .it_value = {0, 5000}};
    setitimer(ITIMER_REAL, &tick, nullptr); // breaks most waits

    Random random(seed);
    pid_t const self = getpid();
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i % 64 == 0)
            fill_scratch(random);
        long const number = static_cast<long>(random.below(462));
        long arguments[6];
        for (auto& argument : arguments)
            argument = random_argument(random);
        done.fetch_add(1);
        if (among(left_out, number))
            continue;
        if (among(signalling, number))
            arguments[0] = self;
        syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                arguments[5]);
        if (syscall(SYS_getpid) != self || syscall(SYS_gettid) != self)
            _exit(0); // a child that a call made
    }
    _exit(0);
}

/// Keeps one process at it after the other until `count` calls were made.
int supervise(std::uint64_t seed, std::uint64_t count, std::atomic<std::uint64_t>& done) {
    std::uint64_t made = 0;
    for (std::uint64_t turn = 0; made < count; ++turn) {
        done.store(0);
        pid_t const child = fork();
        if (child < 0) {
            usleep(1000);
            continue;
        }
        if (child == 0)
            make_calls(seed + (turn << 32), std::min(batch, count - made), done);
        int status = 0;
        std::uint64_t seen = ~std::uint64_t{0};
        for (int still = 0; waitpid(child, &status, WNOHANG) != child;) {
            usleep(1000);
            still = done.load() == seen ? still + 1 : 0;
            seen = done.load();
            if (still == 100) // waits, or is stopped
                kill(child, SIGKILL);
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == 98)
            return 98;
        made += std::clamp<std::uint64_t>(done.load(), 1, batch); // the call may have hit it
    }
    return 0;
}

} // namespace

int random_calls(std::uint64_t seed, std::uint64_t count) {
    auto* const progress = static_cast<Progress*>(
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    return beside_a_bystander([&](int round) {
        mkdir("/tmp/random", 0777);
        chmod("/tmp/random", 0777);
        pid_t children[workers];
        std::uint64_t const share = count / (workers * (rounds + 1));
        for (int i = 0; i < workers; ++i)
            if ((children[i] = fork()) == 0)
                _exit(supervise((seed << 16) + static_cast<unsigned>(round * workers + i), share,
                                progress->calls[static_cast<std::size_t>(i)]));
        int worst = 0;
        for (pid_t const child : children) {
            int status = 0;
            waitpid(child, &status, 0);
            worst = std::max(worst, WIFEXITED(status) ? WEXITSTATUS(status) : 1);
        }
        clear_away();
        return system("rm -rf /tmp/random /tmp/a") == 0 ? worst : 97;
    });
}

} // namespace hostile
