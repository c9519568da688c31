// A program for backtraces to be taken of: it sleeps, it computes, or it has the kernel run into a
// bug, each some functions deep.
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace {

unsigned long volatile work;

[[gnu::always_inline]] inline void sleep_for_ever() {
    timespec const long_time{100'000, 0};
    nanosleep(&long_time, nullptr);
}

[[gnu::noinline]] void rest() {
    sleep_for_ever();
    work = 1;
}

[[gnu::always_inline]] inline void add_up() {
    while (work != ~0ul)
        work = work + 1;
}

[[gnu::noinline]] void compute() {
    add_up();
    work = 1;
}

[[gnu::noinline]] int provoke(char const* kind) {
    int const device = open("/dev/provoke", O_WRONLY);
    bool const done = write(device, kind, std::strlen(kind)) > 0;
    return done ? 0 : 1;
}

[[gnu::noinline]] int serve(char const* what, char const* kind) {
    int status = 0;
    if (std::strcmp(what, "sleep") == 0)
        rest();
    else if (kind == nullptr || (status = provoke(kind)) == 0)
        compute();
    work = 1;
    return status;
}

} // namespace

/// sleep; compute; provoke KIND, and then compute.
int main(int count, char** words) {
    std::puts("ready");
    std::fflush(stdout);
    int const status = serve(words[1], count > 2 ? words[2] : nullptr);
    work = 1;
    return status;
}
