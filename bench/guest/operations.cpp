// The operations that are compared between kernels, each in a loop whose own cost is subtracted.
#include "bench/guest/operations.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace guest {
namespace {

constexpr char const* file = "/etc/passwd";

/// An operation that fails measures nothing, so the program ends and the host sees no number.
void must(bool holds, char const* what) {
    if (holds)
        return;
    std::perror(what);
    std::fflush(stdout);
    _exit(1);
}

/// What the loop itself costs, a call included.
[[gnu::noinline]] void nothing() {
    asm volatile("");
}

template <class Body>
u64 timed(usize iterations, Body body) {
    u64 const start = ticks();
    for (usize i = 0; i < iterations; ++i)
        body();
    return ticks() - start;
}

template <class Body>
double per_iteration(usize iterations, Body body) {
    u64 const empty = timed(iterations, [] { nothing(); });
    u64 const full = timed(iterations, body);
    return static_cast<double>(full - empty) / static_cast<double>(iterations);
}

double null_call(usize iterations) {
    return per_iteration(iterations, [] { must(syscall(SYS_getppid) >= 0, "getppid"); });
}

void wait_for(pid_t child) {
    int status = -1;
    must(waitpid(child, &status, 0) == child && status == 0, "waitpid");
}

double fork_exit_wait(usize iterations) {
    return per_iteration(iterations, [] {
        pid_t const child = fork();
        must(child >= 0, "fork");
        if (child == 0)
            _exit(0);
        wait_for(child);
    });
}

double fork_exec(usize iterations) {
    return per_iteration(iterations, [] {
        pid_t const child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            execl("/init", "/init", exit_word, static_cast<char*>(nullptr));
            _exit(127);
        }
        wait_for(child);
    });
}

double pipe_round_trip(usize iterations) {
    int there[2];
    int back[2];
    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t const child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        close(there[1]);
        char byte = 0;
        while (read(there[0], &byte, 1) == 1)
            must(write(back[1], &byte, 1) == 1, "write");
        _exit(0);
    }
    close(there[0]);
    double const cost = per_iteration(iterations, [&] {
        char byte = 0;
        must(write(there[1], &byte, 1) == 1, "write");
        must(read(back[0], &byte, 1) == 1, "read");
    });
    close(there[1]);
    wait_for(child);
    close(back[0]);
    close(back[1]);
    return cost;
}

/// Touches fresh pages of anonymous memory, too few at a time for a huge page.
template <class Touch>
double page_fault(usize iterations, Touch touch) {
    constexpr usize page = 4096;
    constexpr usize batch = 256;
    double cost = 0;
    usize touched = 0;
    for (; touched < iterations; touched += batch) {
        void* const area =
            mmap(nullptr, batch * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        must(area != MAP_FAILED, "mmap");
        auto* at = static_cast<char volatile*>(area);
        cost += static_cast<double>(batch) * per_iteration(batch, [&] {
                    touch(at);
                    at += page;
                });
        must(munmap(area, batch * page) == 0, "munmap");
    }
    return touched == 0 ? 0 : cost / static_cast<double>(touched);
}

double write_fault(usize iterations) {
    return page_fault(iterations, [](char volatile* at) { *at = 1; });
}

double read_fault(usize iterations) {
    return page_fault(iterations, [](char volatile* at) { static_cast<void>(*at); });
}

/// Two processes that yield the CPU to each other. Divided by the switches that happened, which
/// each sees by the other's mark in shared memory.
double context_switch(usize iterations) {
    struct Shared {
        int volatile last;
        bool volatile over;
    };

    void* const memory =
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "mmap");
    auto& shared = *static_cast<Shared*>(memory);
    pid_t const child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        while (!shared.over) {
            shared.last = 2;
            sched_yield();
        }
        _exit(0);
    }
    for (int seen = 0; seen < 10; sched_yield()) { // a new process may have to wait for its turn
        seen += shared.last == 2 ? 1 : 0;
        shared.last = 1;
    }
    usize switches = 0;
    double const cost = per_iteration(iterations, [&] {
        shared.last = 1;
        sched_yield();
        if (shared.last == 2)
            switches += 2; // there and back
    });
    shared.over = true;
    wait_for(child);
    munmap(memory, 4096);
    must(switches != 0 || iterations == 0, "sched_yield");
    return iterations == 0 ? 0
                           : cost * static_cast<double>(iterations) / static_cast<double>(switches);
}

double open_close(usize iterations) {
    return per_iteration(iterations, [] {
        int const fd = open(file, O_RDONLY);
        must(fd >= 0, "open");
        close(fd);
    });
}

double stat_path(usize iterations) {
    return per_iteration(iterations, [] {
        struct stat status{};
        must(stat(file, &status) == 0, "stat");
    });
}

// Long rounds have their share of what is put off and done later. A pipe's are short: who runs next
// differs by where a tick of the clock falls, and costs a tenth.
constexpr Operation table[] = {
    {"null-call", 5, 20000, null_call},
    {"fork+exit+wait", 5, 200, fork_exit_wait},
    {"fork+exec", 5, 100, fork_exec},
    {"pipe-round-trip", 100, 100, pipe_round_trip},
    {"page-fault", 5, 4096, write_fault},
    {"page-fault-read", 5, 4096, read_fault},
    {"context-switch", 5, 4000, context_switch},
    {"open+close", 5, 5000, open_close},
    {"stat", 5, 5000, stat_path},
};

} // namespace

std::span<Operation const> operations() {
    return table;
}

Operation const* find_operation(char const* name) {
    for (auto const& operation : table)
        if (std::strcmp(operation.name, name) == 0)
            return &operation;
    return nullptr;
}

} // namespace guest
