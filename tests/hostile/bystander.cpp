// A process with a heartbeat beside the hostile ones, and whether everything is as before.
#include "tests/hostile/hostile.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hostile {
namespace {

constexpr long tolerance = 2 << 20; ///< for what allocators keep; a page for each process is more

struct Heart {
    std::atomic<unsigned> beats;
};

[[noreturn]] void beat(Heart& heart) {
    timespec const pause = {.tv_sec = 0, .tv_nsec = 1'000'000};
    for (;;) {
        nanosleep(&pause, nullptr);
        heart.beats.fetch_add(1);
    }
}

long free_bytes() {
    sync();
    struct sysinfo now{};
    sysinfo(&now);
    return static_cast<long>(now.freeram * now.mem_unit);
}

/// What the last round freed may still be on its way back: waits while it comes, and for `wanted`.
long settled_free_bytes(long wanted) {
    long best = 0;
    for (int quiet = 0; quiet < (best < wanted ? 500 : 20); ++quiet) {
        long const now = free_bytes();
        if (now > best)
            quiet = 0;
        best = std::max(best, now);
        usleep(10'000);
    }
    return best;
}

/// Linnet describes a page of memory when it is first used, and keeps the description.
void touch_most_memory() {
    auto const bytes = static_cast<std::size_t>(free_bytes()) / 10 * 9;
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED)
        std::memset(memory, 1, bytes);
}

/// From -1000, never killed when memory is out, to 1000.
void set_memory_score(char const* score) {
    int const file = open("/proc/self/oom_score_adj", O_WRONLY);
    (void)!write(file, score, std::strlen(score));
    close(file);
}

} // namespace

std::string ending(int status) {
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status));
    return "exit " + std::to_string(WEXITSTATUS(status));
}

int in_child(std::function<void()> const& work) {
    pid_t const child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    int status = -1;
    for (pid_t ended = 0; child > 0 && ended != child;) // orphans that came here, too
        if ((ended = waitpid(-1, &status, 0)) < 0 && errno != EINTR)
            return -1;
    return status;
}

namespace {

pid_t killer;

/// The killer ends all processes of `nobody` at once, or those that fork would never be gone. It is
/// one of them, so that -1 means only those, and made in time, when there is memory for it.
[[noreturn]] void wait_to_kill() {
    sigset_t order;
    sigemptyset(&order);
    sigaddset(&order, SIGUSR1);
    int signal = 0;
    if (setgid(nobody) != 0 || setuid(nobody) != 0)
        _exit(1);
    while (sigwait(&order, &signal) == 0)
        kill(-1, SIGKILL);
    _exit(1);
}

void start_killer() {
    sigset_t order;
    sigemptyset(&order);
    sigaddset(&order, SIGUSR1);
    sigprocmask(SIG_BLOCK, &order, nullptr); // for the killer, before an order can come
    if ((killer = fork()) == 0)
        wait_to_kill();
    sigprocmask(SIG_UNBLOCK, &order, nullptr);
}

/// -1 if that cannot be found out for want of memory.
int processes_of(uid_t user) {
    int found = 0;
    DIR* const directory = opendir("/proc");
    if (directory == nullptr)
        return -1;
    while (dirent const* const entry = readdir(directory)) {
        int const pid = std::atoi(entry->d_name);
        struct stat about{};
        char path[300];
        std::snprintf(path, sizeof path, "/proc/%s", entry->d_name);
        if (pid <= 1 || pid == killer || stat(path, &about) != 0 || about.st_uid != user)
            continue;
        ++found;
    }
    closedir(directory);
    return found;
}

} // namespace

void clear_away() {
    for (int tries = 0; tries < 1000 && processes_of(nobody) != 0; ++tries) {
        kill(killer, SIGUSR1);
        while (waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        usleep(1000);
    }
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

bool become_nobody() {
    set_memory_score("0");
    return setgroups(0, nullptr) == 0 && setgid(nobody) == 0 && setuid(nobody) == 0;
}

int beside_a_bystander(std::function<int(int round)> const& scenario) {
    set_memory_score("-1000");        // and of the bystander and the scenario
    prctl(PR_SET_CHILD_SUBREAPER, 1); // when this is not init: orphans come here
    auto* const heart = static_cast<Heart*>(
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    start_killer();
    pid_t const bystander = fork();
    if (bystander == 0)
        beat(*heart);

    int result = in_child(touch_most_memory);
    long before = 0;
    for (int round = 0; round <= rounds && result == 0; ++round) {
        unsigned const beats = heart->beats.load();
        result = in_child([&] { _exit(scenario(round)); });
        if (result != 0)
            std::printf("the scenario ended with %s\n", ending(result).c_str());
        clear_away();
        long const after = settled_free_bytes(before - tolerance);
        if (heart->beats.load() == beats || kill(bystander, 0) != 0) {
            std::printf("the bystander's heart stopped\n");
            result = 1;
        }
        if (round == 0)
            before = after;
        else if (after < before - tolerance && round == rounds) {
            std::printf("%ld KiB did not come back\n", (before - after) >> 10);
            result = 1;
        }
        std::printf("round %d: %ld KiB free, %u beats\n", round, after >> 10,
                    heart->beats.load() - beats);
        std::fflush(stdout);
    }
    kill(bystander, SIGKILL);
    waitpid(bystander, nullptr, 0);
    kill(killer, SIGKILL);
    waitpid(killer, nullptr, 0);
    return result == 0 ? 0 : 1;
}

} // namespace hostile
