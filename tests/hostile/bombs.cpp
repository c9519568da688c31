// Programs that take all they can get of one resource.
#include "tests/hostile/hostile.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hostile {
namespace {

constexpr std::size_t mebibyte = 1 << 20;

/// Forks until nothing more can be had, and so do its children.
void fork_bomb() {
    while (fork() >= 0) {
    }
}

void touch_memory() {
    for (;;) {
        void* const memory = mmap(nullptr, 16 * mebibyte, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return;
        std::memset(memory, 1, 16 * mebibyte);
    }
}

/// One page in every 2 MiB: what it takes is page tables.
void touch_tables() {
    for (;;) {
        constexpr std::size_t span = 4096 * mebibyte;
        auto* const memory =
            static_cast<char*>(mmap(nullptr, span, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        if (memory == MAP_FAILED)
            return;
        for (std::size_t at = 0; at < span; at += 2 * mebibyte)
            memory[at] = 1;
    }
}

void open_descriptors() {
    for (;;) {
        while (open("/dev/null", O_RDONLY) >= 0) {
        }
        if (fork() != 0) // the next one has its own table, and this one's
            return;
        for (int i = 3; i < 2000; ++i)
            close(i);
    }
}

void fill_pipes() {
    static char const bytes[65536] = {};
    int ends[2];
    while (pipe2(ends, O_NONBLOCK) == 0)
        while (write(ends[1], bytes, sizeof bytes) > 0) {
        }
    pause();
}

void fill_files() {
    static char const bytes[65536] = {};
    char name[64];
    std::snprintf(name, sizeof name, "/tmp/bomb.%d", getpid());
    int const file = open(name, O_WRONLY | O_CREAT, 0600);
    unlink(name);
    while (write(file, bytes, sizeof bytes) > 0) {
    }
}

void make_names() {
    char name[300];
    for (int i = 0; i < 5'000; ++i) {
        std::snprintf(name, sizeof name, "/tmp/bomb/%d.%d.%0200d", getpid(), i, 0);
        int const file = open(name, O_WRONLY | O_CREAT, 0600);
        if (file < 0)
            break;
        close(file);
    }
}

void queue_signals() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    while (sigqueue(getpid(), SIGRTMIN, {}) == 0) {
    }
}

struct Bomb {
    char const* name;
    void (*run)();
    int processes; ///< that many at once
};

constexpr Bomb all_bombs[] = {
    {"fork", fork_bomb, 1},      {"memory", touch_memory, 4},
    {"tables", touch_tables, 2}, {"descriptors", open_descriptors, 4},
    {"pipes", fill_pipes, 40},   {"files", fill_files, 4},
    {"names", make_names, 4},    {"signals", queue_signals, 4},
};

/// As an ordinary user, in a session of its own; half a second after the last news it is killed.
int set_off(Bomb const& bomb) {
    mkdir("/tmp/bomb", 0777);
    chmod("/tmp/bomb", 0777);
    for (int i = 0; i < bomb.processes; ++i) {
        if (fork() != 0)
            continue;
        setsid();
        if (!become_nobody())
            _exit(errno == ENOMEM ? 0 : 98); // the others were faster
        bomb.run();
        _exit(0);
    }
    int left = bomb.processes;
    for (int i = 0; i < 200 && left > 0; ++i) {
        int status = 0;
        while (waitpid(-1, &status, WNOHANG) > 0) {
            --left;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 98)
                return 98;
        }
        usleep(10'000);
    }
    clear_away();
    // The memory of those that were killed comes back a little later.
    for (int tries = 0; tries < 500; ++tries) {
        if (system("rm -rf /tmp/bomb") == 0)
            return 0;
        usleep(10'000);
    }
    return 97;
}

} // namespace

int bombs(std::string const& which) {
    for (auto const& bomb : all_bombs)
        if (which == bomb.name)
            return beside_a_bystander([&](int) { return set_off(bomb); });
    std::fprintf(stderr, "hostile: there is no bomb \"%s\"\n", which.c_str());
    return 2;
}

} // namespace hostile
