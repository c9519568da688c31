// Corner cases of terminals and sessions: job control, hanging up.
#include "tests/corners/terminal.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace corners {

void drain(char const* what, int file) {
    char bytes[1024];
    ssize_t const count = read(file, bytes, sizeof bytes);
    if (count < 0) {
        std::printf("%s: %s\n", what, strerrorname_np(errno));
        return;
    }
    std::string text;
    for (ssize_t i = 0; i < count; ++i) {
        char piece[8];
        bool const plain = bytes[i] >= ' ' && bytes[i] < 127;
        std::snprintf(piece, sizeof piece, plain ? "%c" : "\\%03o",
                      static_cast<unsigned char>(bytes[i]));
        text += piece;
    }
    std::printf("%s: %zd \"%s\"\n", what, count, text.c_str());
}

void type(int file, std::string_view text) {
    write(file, text.data(), text.size());
}

namespace {

void hang_up() {
    {
        Pair const pair;
        type(pair.slave, "last words");
        close(pair.slave);
        drain("what was written", pair.master);
        drain("then", pair.master);
        pollfd one{.fd = pair.master, .events = POLLIN | POLLOUT, .revents = 0};
        SHOW(poll(&one, 1, 0));
        std::printf("%x\n", one.revents);
        char name[64];
        ptsname_r(pair.master, name, sizeof name);
        int const again = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
        drain("opened again", pair.master);
        type(pair.master, "hello\n");
        drain("it goes on", again);
    }
    Pair const pair;
    type(pair.master, "unread\n");
    close(pair.master);
    drain("the slave reads", pair.slave);
    SHOW(write(pair.slave, "x", 1));
    pollfd one{.fd = pair.slave, .events = POLLIN | POLLOUT, .revents = 0};
    SHOW(poll(&one, 1, 0));
    std::printf("%x\n", one.revents);
    termios modes{};
    SHOW(tcgetattr(pair.slave, &modes));
    winsize size{};
    SHOW(ioctl(pair.slave, TIOCGWINSZ, &size));
}

/// A session leader with the terminal, that runs `work`.
std::string in_session(Pair const& pair, std::function<void()> const& work) {
    return ending(in_child([&] {
        setsid();
        ioctl(pair.slave, TIOCSCTTY, 0);
        fcntl(pair.slave, F_SETFL, 0);
        work();
    }));
}

void sessions() {
    Pair const pair;
    for (auto const& [name, key] : {std::pair{"interrupt", "\x03"}, {"quit", "\x1c"}})
        say(name, in_session(pair, [&] {
                type(pair.master, key);
                pause();
            }));
    drain("echo", pair.master);
    say("no signals", in_session(pair, [&] {
            pair.change(ISIG, 0);
            type(pair.master, "\x03\n");
            drain("read", pair.slave);
            pair.change(0, ISIG);
        }));
    in_session(pair, [&] {
        SHOW(tcgetpgrp(pair.slave) == getpgrp());
        SHOW(tcgetsid(pair.slave) == getpid());
        SHOW(open("/dev/tty", O_RDWR) >= 0);
        SHOW(ioctl(pair.slave, TIOCSCTTY, 0));
        Pair const other;
        SHOW(ioctl(other.slave, TIOCSCTTY, 0)); // a session has one terminal
        SHOW(tcsetpgrp(pair.slave, 999999));
        SHOW(tcsetpgrp(pair.slave, -1));
        SHOW(tcsetpgrp(pair.slave, 1));
        pid_t const child = fork();
        if (child == 0) {
            setpgid(0, 0);
            char byte = 0;
            // In the background: reading stops, or fails where nobody could continue it.
            signal(SIGTTIN, SIG_IGN);
            SHOW(read(pair.slave, &byte, 1));
            SHOW(write(pair.slave, "x", 1)); // allowed without TOSTOP
            pair.change(0, 0);               // stops here, by SIGTTOU
            _exit(4);
        }
        int status = 0;
        waitpid(child, &status, WUNTRACED);
        std::printf("status %x\n", status);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        pid_t const ignoring = fork();
        if (ignoring == 0) {
            setpgid(0, 0);
            signal(SIGTTOU, SIG_IGN);
            SHOW(tcsetpgrp(pair.slave, getpgrp()));
            SHOW(tcgetpgrp(pair.slave) == getpid());
            _exit(0);
        }
        waitpid(ignoring, nullptr, 0);
        SHOW(tcgetpgrp(pair.slave) == ignoring); // though it is gone
        signal(SIGTTOU, SIG_IGN);
        SHOW(tcsetpgrp(pair.slave, getpgrp()));
        signal(SIGWINCH, [](int) { std::printf("resized\n"); });
        winsize const size{.ws_row = 11, .ws_col = 22, .ws_xpixel = 0, .ws_ypixel = 0};
        SHOW(ioctl(pair.master, TIOCSWINSZ, &size));
        SHOW(ioctl(pair.master, TIOCSWINSZ, &size)); // the same again tells nobody
        int const number = SIGTSTP;
        signal(SIGTSTP, [](int) { std::printf("told from outside\n"); });
        SHOW(ioctl(pair.master, TIOCSIG, number));
    });
}

constexpr Section sections[] = {{"hang-up", hang_up}, {"sessions", sessions}};

} // namespace

std::span<Section const> const session_sections = sections;

} // namespace corners
