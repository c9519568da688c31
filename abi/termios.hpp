// Terminal settings as the TCGETS and TCSETS ioctls carry them: asm-generic/termbits.h.
#pragma once

#include <cstdint>

namespace uapi {

inline constexpr int termios_character_count = 19;

/// The kernel's struct termios (36 bytes), not libc's.
struct Termios {
    std::uint32_t input = 0;
    std::uint32_t output = 0;
    std::uint32_t control = 0;
    std::uint32_t local = 0;
    std::uint8_t line = 0;
    std::uint8_t characters[termios_character_count] = {};
};

static_assert(sizeof(Termios) == 36);

/// struct termios2: with explicit speeds (TCGETS2).
struct Termios2 {
    Termios base;
    std::uint32_t input_speed = 38400;
    std::uint32_t output_speed = 38400;
};

static_assert(sizeof(Termios2) == 44);

struct WindowSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    std::uint16_t x_pixels = 0;
    std::uint16_t y_pixels = 0;

    friend bool operator==(WindowSize const&, WindowSize const&) = default;
};

namespace termios {

// c_cc indices
enum : unsigned {
    vintr,
    vquit,
    verase,
    vkill,
    veof,
    vtime,
    vmin,
    vswtc,
    vstart,
    vstop,
    vsusp,
    veol,
    vreprint,
    vdiscard,
    vwerase,
    vlnext,
    veol2,
};

// c_iflag
inline constexpr std::uint32_t ignbrk = 01, brkint = 02, ignpar = 04, parmrk = 010, inpck = 020,
                               istrip = 040, inlcr = 0100, igncr = 0200, icrnl = 0400,
                               iuclc = 01000, ixon = 02000, ixany = 04000, ixoff = 010000,
                               imaxbel = 020000, iutf8 = 040000;
// c_oflag
inline constexpr std::uint32_t opost = 01, olcuc = 02, onlcr = 04, ocrnl = 010, onocr = 020,
                               onlret = 040, ofill = 0100, tabdly = 014000, xtabs = 014000;
// c_cflag
inline constexpr std::uint32_t b38400 = 017, cs8 = 060, cread = 0200, hupcl = 02000;
// c_lflag
inline constexpr std::uint32_t isig = 01, icanon = 02, xcase = 04, echo = 010, echoe = 020,
                               echok = 040, echonl = 0100, noflsh = 0200, tostop = 0400,
                               echoctl = 01000, echoprt = 02000, echoke = 04000, iexten = 0100000;

/// What a fresh terminal has: Linux's tty_std_termios.
inline constexpr Termios standard = {
    .input = icrnl | ixon,
    .output = opost | onlcr,
    .control = b38400 | cs8 | cread | hupcl,
    .local = isig | icanon | echo | echoe | echok | echoctl | echoke | iexten,
    .line = 0,
    .characters = {3, 034, 0177, 025, 4, 0, 1, 0, 021, 023, 032, 0, 022, 017, 027, 026, 0},
};

// ioctl numbers
enum : std::uint32_t {
    tcgets = 0x5401,
    tcsets,
    tcsetsw,
    tcsetsf,
    tcsbrk = 0x5409,
    tcxonc,
    tcflsh,
    tiocexcl,
    tiocnxcl,
    tiocsctty,
    tiocgpgrp,
    tiocspgrp,
    tiocoutq,
    tiocsti,
    tiocgwinsz,
    tiocswinsz,
    fionread = 0x541b,
    tiocnotty = 0x5422,
    tiocgetd = 0x5424,
    tiocgsid = 0x5429,
    tcgets2 = 0x802c542a,
    tcsets2 = 0x402c542b,
    tcsetsw2 = 0x402c542c,
    tcsetsf2 = 0x402c542d,
    tiocgptn = 0x80045430,
    tiocsptlck = 0x40045431,
    tiocgptlck = 0x80045439,
    tiocsig = 0x40045436,
    tiocgptpeer = 0x5441,
    tcsbrkp = 0x5425,
};

} // namespace termios
} // namespace uapi
