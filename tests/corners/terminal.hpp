// A pair of pseudo terminals to try things on.
#pragma once

#include "tests/corners/corners.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <string_view>
#include <termios.h>

namespace corners {

struct Pair {
    int master = -1;
    int slave = -1;

    Pair() {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        grantpt(master);
        unlockpt(master);
        char name[64];
        ptsname_r(master, name, sizeof name);
        slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    }

    void change(tcflag_t off, tcflag_t on, tcflag_t termios::* which = &termios::c_lflag) const {
        termios modes{};
        tcgetattr(slave, &modes);
        modes.*which = (modes.*which & ~off) | on;
        tcsetattr(slave, TCSANOW, &modes);
    }
};

/// Prints what can be read now, with control characters made visible.
void drain(char const* what, int file);
void type(int file, std::string_view text);

} // namespace corners
