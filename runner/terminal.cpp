// The user's terminal: raw while a guest owns it, restored whatever happens.
#include "runner/terminal.hpp"

#include <csignal>
#include <cstdlib>
#include <initializer_list>

#include <sys/ioctl.h>
#include <unistd.h>

namespace runner {
namespace {

termios saved_mode;
std::sig_atomic_t volatile is_raw = 0;

void restore() {
    if (is_raw) {
        is_raw = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &saved_mode);
    }
}

void restore_and_die(int signal) {
    restore(); // tcsetattr may be called from a signal handler
    std::signal(signal, SIG_DFL);
    raise(signal);
}

} // namespace

WindowSize window_size(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        return {};
    return {size.ws_row, size.ws_col};
}

RawTerminal::RawTerminal() {
    if (tcgetattr(STDIN_FILENO, &saved_mode) != 0)
        return;
    static bool const hooked = [] {
        std::atexit(restore);
        for (int const signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
            std::signal(signal, restore_and_die);
        return true;
    }();
    (void)hooked;
    termios raw = saved_mode;
    cfmakeraw(&raw);
    is_raw = 1;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

RawTerminal::~RawTerminal() {
    restore();
}

} // namespace runner
