// The measuring program: PID 1 of a machine that counts instructions, on Linnet and on Linux alike.
#include "bench/guest/operations.hpp"
#include "bench/guest/ticks.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace guest;

void open_console() {
    int const console = open("/dev/console", O_RDWR);
    for (int fd = 0; fd < 3 && console >= 0; ++fd)
        if (fd != console)
            dup2(console, fd);
}

/// When an interactive shell has written its prompt, and waits for input that never comes.
u64 ticks_at_prompt() {
    int input[2];
    int output[2];
    if (pipe(input) != 0 || pipe(output) != 0)
        return 0;
    pid_t const shell = fork();
    if (shell == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        dup2(output[1], 2);
        for (int const fd : {input[0], input[1], output[0], output[1]})
            close(fd);
        execl("/bin/busybox", "sh", "-i", static_cast<char*>(nullptr));
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    char text[1024];
    usize length = 0;
    u64 seen = 0;
    while (seen == 0 && length < sizeof text) {
        ssize_t const got = read(output[0], text + length, sizeof text - length);
        if (got <= 0)
            break;
        length += static_cast<usize>(got);
        if (length >= 2 && std::memcmp(text + length - 2, "# ", 2) == 0)
            seen = ticks();
    }
    close(input[1]);
    close(output[0]);
    waitpid(shell, nullptr, 0);
    return seen;
}

/// The best of some rounds, as whatever else the machine did in between is not the operation.
void measure(Operation const& operation) {
    double best = 0;
    operation.run(operation.iterations / 10 + 1);
    for (int round = 0; round < operation.rounds; ++round) {
        double const cost = operation.run(operation.iterations);
        if (round == 0 || cost < best)
            best = cost;
    }
    std::printf("@@bench %s %.1f\n", operation.name, best);
    std::fflush(stdout);
}

} // namespace

/// Arguments: names of operations, to measure them; none, to measure all and the start of the
/// machine; `count NAME N`, to do one operation N times, for a profile.
int main(int count, char** words) {
    if (count == 2 && std::strcmp(words[1], exit_word) == 0)
        _exit(0);
    open_console();
    std::span<char*> const names(words + 1, static_cast<usize>(count - 1));
    if (names.empty()) {
        std::printf("@@bench first-instruction %llu\n", first_ticks);
        std::printf("@@bench prompt %llu\n", ticks_at_prompt());
        for (auto const& operation : operations())
            measure(operation);
    } else if (names.size() == 3 && std::strcmp(names[0], "count") == 0) {
        measure(operations().front()); // for a process as the table's numbers are measured in
        if (auto const* const operation = find_operation(names[1]))
            operation->run(std::strtoul(names[2], nullptr, 10));
    } else {
        for (char const* const name : names)
            if (auto const* const operation = find_operation(name))
                measure(*operation);
    }
    std::puts("@@finished");
    std::fflush(stdout);
    reboot(RB_POWER_OFF);
    return 1;
}
