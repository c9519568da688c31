// A program on a pseudo-terminal, driven like a person would: type, and wait for what appears.
#include "tests/terminal/pty.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace terminal {

using Clock = std::chrono::steady_clock;

Pty::Pty(std::vector<std::string> const& arguments, unsigned rows, unsigned columns) {
    master_ = runner::Descriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!master_ || grantpt(master_.number()) != 0 || unlockpt(master_.number()) != 0)
        throw runner::Failure("no pseudo-terminal");
    std::string const name = ptsname(master_.number());
    slave_ = runner::Descriptor(open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    resize(rows, columns);
    if (arguments.size() > 1 && arguments[1] == "run")
        runner_ = arguments[0];
    std::vector<char*> words;
    for (auto const& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        setsid();
        int const terminal = open(name.c_str(), O_RDWR); // becomes the controlling terminal
        dup2(terminal, 0);
        dup2(terminal, 1);
        dup2(terminal, 2);
        setenv("TERM", "xterm", 1);
        execvp(words[0], words.data());
        _exit(127);
    }
}

Pty::~Pty() {
    if (process_ > 0) {
        kill(process_, SIGTERM); // the runner ends its machine
        for (int tries = 0; tries < 200 && waitpid(process_, nullptr, WNOHANG) == 0; ++tries)
            usleep(10'000);
        kill(process_, SIGKILL); // shells and sandboxes do not listen
        waitpid(process_, nullptr, 0);
    }
}

void Pty::type(std::string_view keys) {
    (void)!write(master_.number(), keys.data(), keys.size());
}

bool Pty::read_until(Clock::time_point deadline) {
    auto const left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd one{master_.number(), POLLIN, 0};
    if (left.count() <= 0 || poll(&one, 1, static_cast<int>(left.count())) <= 0)
        return false;
    std::array<char, 4096> block{};
    auto const got = read(master_.number(), block.data(), block.size());
    if (got <= 0)
        return false;
    seen_.append(block.data(), static_cast<std::size_t>(got));
    return true;
}

bool Pty::expect(std::string_view text, std::chrono::seconds patience) {
    auto const deadline = Clock::now() + patience;
    for (;;) {
        if (auto const at = seen_.find(text, expected_); at != std::string::npos) {
            expected_ = at + text.size();
            return true;
        }
        if (!read_until(deadline)) {
            print_tasks();
            return false;
        }
    }
}

void Pty::print_tasks() const {
    if (runner_.empty())
        return;
    try {
        fmt::print(
            stderr, "--- tasks of the machine ---\n{}--- end of tasks ---\n",
            runner::output_of({runner_, "bt", "--machine", std::to_string(process_), "--all"}));
    } catch (runner::Failure const& failure) { // Linux, or a machine that has ended
        fmt::print(stderr, "where its tasks are cannot be told: {}\n", failure.what());
    }
}

bool Pty::silent(std::string_view text, std::chrono::milliseconds time) {
    auto const deadline = Clock::now() + time;
    while (read_until(deadline)) {
    }
    return seen_.find(text, expected_) == std::string::npos;
}

void Pty::resize(unsigned rows, unsigned columns) {
    winsize size{};
    size.ws_row = static_cast<unsigned short>(rows);
    size.ws_col = static_cast<unsigned short>(columns);
    ioctl(master_.number(), TIOCSWINSZ, &size);
}

int Pty::wait() {
    auto const deadline = Clock::now() + std::chrono::seconds(20);
    int status = 0;
    while (waitpid(process_, &status, WNOHANG) == 0) {
        if (Clock::now() > deadline)
            return -1;
        read_until(std::min(deadline, Clock::now() + std::chrono::milliseconds(50)));
    }
    process_ = -1;
    while (read_until(Clock::now() + std::chrono::milliseconds(50))) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

termios Pty::mode() const {
    termios mode{};
    tcgetattr(slave_.number(), &mode);
    return mode;
}

std::string Pty::transcript() const {
    std::string text;
    for (unsigned char const c : seen_) {
        if (c == '\n' || (c >= ' ' && c < 0x7f))
            text += static_cast<char>(c);
        else if (c != '\r')
            text += fmt::format("<{:02x}>", c);
    }
    return text;
}

} // namespace terminal
