// An interactive shell at a pseudo terminal, and somebody who types what standard input says.
#include "tests/corners/corners.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {
namespace {

int start(pid_t& shell) {
    int const master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master);
    unlockpt(master);
    winsize const size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    ioctl(master, TIOCSWINSZ, &size);
    char name[64];
    ptsname_r(master, name, sizeof name);
    shell = fork();
    if (shell == 0) {
        setsid();
        int const slave = open(name, O_RDWR);
        for (int i = 0; i < 3; ++i)
            dup2(slave, i);
        close_range(3, ~0U, 0);
        setenv("PS1", "@ ", 1);
        setenv("TERM", "dumb", 1);
        execl("/bin/sh", "sh", "-i", nullptr);
        _exit(127);
    }
    return master;
}

/// What the screen shows, without escape sequences. Nothing here depends on how fast it comes.
class Screen {
public:
    explicit Screen(int master) : master_(master) {}

    /// Reads on until the text ends so, or the terminal is hung up.
    void await(std::string_view end) {
        char byte = 0;
        while (!shown_.ends_with(end) && read(master_, &byte, 1) == 1) {
            if (in_escape_)
                in_escape_ = byte == '[' || byte == ';' || (byte >= '0' && byte <= '9');
            else if (byte == '\033')
                in_escape_ = true;
            else if (byte != '\r')
                shown_ += byte;
        }
    }

    void print() {
        std::printf("%s", shown_.c_str());
        shown_.clear();
    }

private:
    int master_;
    bool in_escape_ = false;
    std::string shown_;
};

/// Waits until another group than the shell's has the terminal, and sleeps.
void await_job(int master, pid_t shell) {
    pid_t group = shell;
    while (group == shell || group <= 0) {
        group = tcgetpgrp(master);
        usleep(1000);
    }
    await_state(group, 'S');
}

// A line is typed at the prompt; "^C", "^Z", "^\" and "^D" go to the program in the foreground.
void interactive() {
    pid_t shell = -1;
    int const master = start(shell);
    Screen screen(master);
    for (std::string line; std::getline(std::cin, line);) {
        if (line.size() == 2 && line[0] == '^') {
            await_job(master, shell);
            char const key = static_cast<char>(line[1] & 0x1f);
            write(master, &key, 1);
            continue;
        }
        screen.await("@ ");
        screen.print();
        line += "\n";
        write(master, line.data(), line.size());
    }
    screen.await("no more will come");
    screen.print();
    int status = 0;
    waitpid(shell, &status, 0);
    say("\nshell", ending(status));
}

constexpr Section sections[] = {{"shell", interactive}};

} // namespace

std::span<Section const> const shell_sections = sections;

} // namespace corners
