// Measures the scheduler from inside, as PID 1, by the kernel's own accounting: one line "@@bench
// NAME VALUE" a result, then "@@finished".
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr long million = 1'000'000;

long now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 * million + time.tv_nsec;
}

void sleep_for(long nanoseconds) {
    timespec const time = {nanoseconds / (1000 * million), nanoseconds % (1000 * million)};
    nanosleep(&time, nullptr);
}

pid_t start_hog(int nice_value) {
    pid_t const child = fork();
    if (child != 0)
        return child;
    setpriority(PRIO_PROCESS, 0, nice_value);
    for (;;)
        asm volatile("");
}

/// The CPU time that each child had while this one slept, in seconds; they end.
std::vector<double> shares(std::vector<pid_t> const& children, long nanoseconds) {
    std::vector<double> had;
    auto const add_times = [&](double sign) {
        had.resize(children.size());
        for (std::size_t i = 0; i < children.size(); ++i) {
            clockid_t clock{};
            timespec time{};
            if (clock_getcpuclockid(children[i], &clock) != 0 || clock_gettime(clock, &time) != 0)
                std::abort();
            had[i] +=
                sign * (static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9);
        }
    };
    sleep_for(100 * million); // until they have spread over the CPUs
    add_times(-1);
    sleep_for(nanoseconds);
    add_times(1);
    for (pid_t const child : children) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    return had;
}

void print(char const* name, double value) {
    std::printf("@@bench %s %.9g\n", name, value);
}

/// Two equal hogs a CPU: how far the luckiest and the unluckiest are apart, as a part of the mean.
void measure_equal(int cpus) {
    std::vector<pid_t> hogs;
    for (int i = 0; i < 2 * cpus; ++i)
        hogs.push_back(start_hog(0));
    auto const had = shares(hogs, 2000 * million);
    auto const [least, most] = std::minmax_element(had.begin(), had.end());
    double const mean = std::accumulate(had.begin(), had.end(), 0.0) / (2.0 * cpus);
    print("equal-spread", (*most - *least) / mean);
}

/// One hog of each kind a CPU: what the ordinary ones had for each second of those with nice 5.
void measure_nice(int cpus) {
    std::vector<pid_t> hogs;
    for (int i = 0; i < 2 * cpus; ++i)
        hogs.push_back(start_hog(i < cpus ? 0 : 5));
    auto const had = shares(hogs, 2000 * million);
    auto const middle = had.begin() + cpus;
    print("nice-ratio",
          std::accumulate(had.begin(), middle, 0.0) / std::accumulate(middle, had.end(), 0.0));
}

/// A thread that sleeps 1 ms at a time among eight hogs a CPU: how late it runs.
void measure_sleeper(int cpus) {
    std::vector<pid_t> hogs;
    for (int i = 0; i < 8 * cpus; ++i)
        hogs.push_back(start_hog(0));
    sleep_for(100 * million);
    std::vector<long> late;
    for (int i = 0; i < 500; ++i) {
        long const due = now() + million;
        sleep_for(million);
        late.push_back(now() - due);
    }
    for (pid_t const hog : hogs) {
        kill(hog, SIGKILL);
        waitpid(hog, nullptr, 0);
    }
    std::sort(late.begin(), late.end());
    print("late-p50-us", static_cast<double>(late[late.size() / 2]) / 1000);
    print("late-p99-us", static_cast<double>(late[late.size() * 99 / 100]) / 1000);
}

/// Short-lived children, sixteen at a time: what is left of them.
void measure_children(int count) {
    auto const run = [](int children) {
        int running = 0;
        for (int i = 0; i < children; ++i) {
            if (pid_t const child = fork(); child == 0)
                _exit(0);
            if (++running == 16 && wait(nullptr) > 0)
                --running;
        }
        while (wait(nullptr) > 0) {
        }
        sleep_for(50 * million); // the last ones are freed by a thread of the kernel's
    };
    auto const system_state = [] {
        struct sysinfo state{};
        sysinfo(&state);
        return state;
    };
    run(2000); // fills the caches
    auto const before = system_state();
    run(count);
    auto const after = system_state();
    print("processes-left", static_cast<double>(after.procs) - static_cast<double>(before.procs));
    print("pages-left",
          (static_cast<double>(before.freeram) - static_cast<double>(after.freeram)) / 4096);
}

} // namespace

int main(int count, char** words) {
    auto const is = [&](char const* word) {
        return count == 3 && std::strcmp(words[1], word) == 0;
    };
    int const number = count == 3 ? std::atoi(words[2]) : 0;
    if (is("equal"))
        measure_equal(number);
    else if (is("nice"))
        measure_nice(number);
    else if (is("sleeper"))
        measure_sleeper(number);
    else if (is("children"))
        measure_children(number);
    else
        std::printf("usage: scheduling equal|nice|sleeper CPUS | children COUNT\n");
    std::printf("@@finished\n");
    std::fflush(stdout);
    return 0;
}
