// Corner cases of terminals, tried on a pair of pseudo terminals: line editing, modes, requests.
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace corners {
namespace {

void editing() {
    Pair const pair;
    auto const line = [&](char const* what, std::string_view typed) {
        std::printf("-- %s\n", what);
        type(pair.master, typed);
        drain("read", pair.slave);
        drain("read", pair.slave);
        drain("echo", pair.master);
    };
    line("incomplete", "abc");
    line("erase", "\x7f"
                  "d\n");
    line("erase nothing", "\x7f\x7f\n");
    line("kill", "abc\x15xyz\n");
    line("word erase", "one two  \x17three\n");
    line("reprint", "abc\x12"
                    "d\n");
    line("end of file", "\x04");
    line("in the middle", "abc\x04");
    line("literal", "a\x16\x03z\n");
    line("literal erase", "a\x16\x7f\x7f"
                          "b\n");
    line("tab and control", "a\tb\x01\n");
    line("erase a tab", "a\tb\x7f\x7f"
                        "c\n");
    line("return", "abc\r");
    line("two lines", "one\ntwo\n");
    line("stop and start", "a\x13\x11"
                           "b\n");
    line("a high byte", "\xc3\xa4\x7f\n");
    pair.change(0, ECHONL, &termios::c_lflag);
    pair.change(ECHO, 0);
    line("no echo but new lines", "abc\n");
    pair.change(ECHONL, ECHO);
    pair.change(ECHOCTL, 0);
    line("control as it is", "a\x01\n");
    pair.change(ECHOE, ECHOCTL);
    line("erase shown by the character", "ab\x7f\n");
    pair.change(ICRNL, 0, &termios::c_iflag);
    line("return is no line", "abc\rd\n");
    pair.change(0, IGNCR, &termios::c_iflag);
    line("return is ignored", "abc\rd\n");
    pair.change(IGNCR, INLCR, &termios::c_iflag);
    line("new line is return", "abc\n\x04");
    pair.change(INLCR, ICRNL | ISTRIP, &termios::c_iflag);
    line("stripped", "\xe1\n");
    pair.change(ISTRIP, IUCLC, &termios::c_iflag);
    line("lower", "ABC\n");
    std::string const full(5000, 'l');
    type(pair.master, full);
    type(pair.master, "\n");
    char bytes[8192];
    say("the longest line", read(pair.slave, bytes, sizeof bytes));
}

void output() {
    Pair const pair;
    auto const out = [&](char const* what, std::string_view text) {
        type(pair.slave, text);
        drain(what, pair.master);
    };
    out("new line", "a\nb\n");
    out("tab", "a\tb");
    pair.change(0, TAB3, &termios::c_oflag);
    out("spaces", "\ta\tb");
    out("column", "xyz\t|");
    pair.change(TAB3, OCRNL, &termios::c_oflag);
    out("return", "a\rb");
    pair.change(OCRNL | ONLCR, ONLRET, &termios::c_oflag);
    out("only new line", "a\nb");
    pair.change(ONLRET, OLCUC, &termios::c_oflag);
    out("upper", "abc");
    pair.change(OPOST, 0, &termios::c_oflag);
    out("as it is", "a\n\tb");
    int waiting = 0;
    type(pair.slave, "12345");
    SHOW(ioctl(pair.master, FIONREAD, &waiting));
    say("waiting", waiting);
    SHOW(ioctl(pair.slave, TIOCOUTQ, &waiting));
    SHOW(tcflush(pair.slave, TCOFLUSH));
    SHOW(tcflush(pair.master, TCIFLUSH));
    SHOW(ioctl(pair.master, FIONREAD, &waiting));
    SHOW(tcflush(pair.slave, 9));
    SHOW(tcflow(pair.slave, TCOOFF));
    SHOW(write(pair.slave, "x", 1));
    SHOW(tcflow(pair.slave, TCOON));
    SHOW(write(pair.slave, "x", 1));
    SHOW(tcflow(pair.slave, 9));
    SHOW(tcdrain(pair.slave));
    SHOW(tcsendbreak(pair.slave, 0));
    std::string const much(100000, 'm');
    long total = 0;
    for (long count; (count = write(pair.slave, much.data(), much.size())) > 0;)
        total += count;
    say("some fits", total >= 4096 && total < 100000);
}

void raw() {
    Pair const pair;
    pair.change(ICANON | ECHO, 0);
    auto const with = [&](cc_t minimum, cc_t time) {
        termios modes{};
        tcgetattr(pair.slave, &modes);
        modes.c_cc[VMIN] = minimum;
        modes.c_cc[VTIME] = time;
        tcsetattr(pair.slave, TCSANOW, &modes);
    };
    int const blocking = open(ttyname(pair.slave), O_RDWR | O_NOCTTY);
    with(1, 0);
    drain("none", pair.slave);
    type(pair.master, "a\x7f\x04\n");
    drain("as typed", pair.slave);
    with(0, 0);
    drain("at once", blocking);
    drain("would block", pair.slave);
    with(0, 1);
    drain("after a tenth", blocking);
    with(3, 1);
    type(pair.master, "xy");
    drain("after a pause", blocking);
    with(3, 0);
    type(pair.master, "xyz");
    drain("three", blocking);
    type(pair.master, "12345");
    char two[2];
    SHOW(read(blocking, two, 2));
    drain("the rest", blocking);
    type(pair.master, "pending");
    pair.change(0, ICANON);
    drain("raw bytes when lines are read", pair.slave);
    type(pair.master, "\n");
    drain("with their end", pair.slave);
    type(pair.master, "line\n");
    pair.change(ICANON, 0);
    drain("a line when bytes are read", pair.slave);
    type(pair.master, "flushed");
    termios modes{};
    tcgetattr(pair.slave, &modes);
    SHOW(tcsetattr(pair.slave, TCSAFLUSH, &modes));
    with(1, 0);
    drain("nothing", pair.slave);
}

void requests() {
    Pair const pair;
    termios modes{};
    SHOW(tcgetattr(pair.slave, &modes));
    std::printf("%o %o %o %o\n", modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag);
    for (int i = 0; i < 17; ++i)
        std::printf("%o ", modes.c_cc[i]);
    std::printf("\n");
    SHOW(cfgetospeed(&modes) == B38400);
    SHOW(tcgetattr(pair.master, &modes));
    winsize size{};
    SHOW(ioctl(pair.slave, TIOCGWINSZ, &size));
    std::printf("%d %d\n", size.ws_row, size.ws_col);
    size = {.ws_row = 7, .ws_col = 9, .ws_xpixel = 1, .ws_ypixel = 2};
    SHOW(ioctl(pair.master, TIOCSWINSZ, &size));
    size = {};
    SHOW(ioctl(pair.slave, TIOCGWINSZ, &size));
    std::printf("%d %d %d %d\n", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
    int number = -1;
    SHOW(ioctl(pair.master, TIOCGPTN, &number));
    say("number", number >= 0);
    SHOW(ioctl(pair.slave, TIOCGPTN, &number));
    SHOW(ioctl(pair.master, TIOCGPTLCK, &number));
    say("locked", number);
    SHOW(isatty(pair.master));
    SHOW(isatty(pair.slave));
    pid_t group = 0;
    SHOW(ioctl(pair.slave, TIOCGPGRP, &group));
    SHOW(ioctl(pair.slave, TIOCSPGRP, &group));
    SHOW(ioctl(pair.slave, TIOCGSID, &group));
    SHOW(ioctl(pair.slave, TIOCNOTTY));
    SHOW(ioctl(pair.slave, TIOCGETD, &number));
    say("discipline", number);
    SHOW(ioctl(pair.slave, TIOCMGET, &number));
    SHOW(ioctl(pair.slave, TIOCSTI, "x"));
    SHOW(ioctl(pair.slave, TIOCEXCL));
    SHOW(ioctl(pair.slave, TIOCNXCL));
    SHOW(ioctl(pair.slave, FIONBIO, nullptr));
    SHOW(ioctl(pair.slave, 0x5499));
    SHOW(ioctl(pair.slave, TCGETS, nullptr));
    int const file = file_with("f", "");
    SHOW(tcgetattr(file, &modes));
    SHOW(ioctl(file, TIOCGWINSZ, &size));
    SHOW(ioctl(file, 0x5499));
    SHOW(ioctl(file, FIONREAD, &number));
    SHOW(ioctl(file, FIOCLEX));
    SHOW(fcntl(file, F_GETFD));
    SHOW(ioctl(file, FIONCLEX));
    SHOW(ioctl(99, TCGETS, &modes));
    SHOW(ioctl(open(".", O_PATH), TCGETS, &modes));
    SHOW(tcgetpgrp(file));
    SHOW(open("/dev/tty", O_RDWR)); // this session has no terminal
    struct stat about{};
    SHOW(fstat(pair.slave, &about));
    std::printf("%o %u\n", about.st_mode, about.st_gid);
    int const locked = posix_openpt(O_RDWR | O_NOCTTY);
    char name[64];
    ptsname_r(locked, name, sizeof name);
    SHOW(open(name, O_RDWR | O_NOCTTY));
}

void packets() {
    Pair const pair;
    int const on = 1;
    SHOW(ioctl(pair.master, TIOCPKT, &on));
    type(pair.slave, "out");
    drain("data", pair.master);
    tcflush(pair.slave, TCIOFLUSH);
    drain("flush", pair.master);
    pair.change(IXON, 0, &termios::c_iflag);
    drain("no stop", pair.master);
    pair.change(0, IXON, &termios::c_iflag);
    drain("do stop", pair.master);
    drain("nothing", pair.master);
    pollfd poll_for{.fd = pair.master, .events = POLLIN | POLLPRI, .revents = 0};
    SHOW(poll(&poll_for, 1, 0));
    tcflow(pair.slave, TCOOFF);
    SHOW(poll(&poll_for, 1, 0));
    std::printf("%x\n", poll_for.revents);
    drain("stopped", pair.master);
}

constexpr Section sections[] = {
    {"editing", editing},       {"terminal-output", output}, {"raw", raw},
    {"tty-requests", requests}, {"packets", packets},
};

} // namespace

std::span<Section const> const terminal_sections = sections;

} // namespace corners
