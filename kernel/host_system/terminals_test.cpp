// Programs at pseudo-terminals: lines, signals, job control, sizes and hang-up, as on Linux.
#include "kernel/host_system/system.hpp"

#include "abi/signal.hpp"
#include "abi/termios.hpp"

#include <gtest/gtest.h>

using namespace host_system;
using uapi::Signal;

namespace {

enum : u32 {
    tcgets = 0x5401,
    tcsets = 0x5402,
    tiocsctty = 0x540e,
    tiocgpgrp = 0x540f,
    tiocspgrp = 0x5410,
    tiocgwinsz = 0x5413,
    tiocswinsz = 0x5414,
    fionread = 0x541b,
    tiocnotty = 0x5422,
    tiocgptn = 0x8004'5430,
    tiocsptlck = 0x4004'5431,
};

struct Pair {
    i64 master, slave;
};

/// The slave becomes the controlling terminal of a fresh session.
Pair open_pair(User& user) {
    i64 const master = user.call(Syscall::open, "/dev/ptmx", 0400 | 2);
    EXPECT_GE(master, 0);
    UserAddr const number = user.put_value(0);
    EXPECT_EQ(user.call(Syscall::open, "/dev/pts/0", 2), code(Errno::eio)) << "locked";
    EXPECT_EQ(user.call(Syscall::ioctl, master, tiocsptlck, number), 0);
    EXPECT_EQ(user.call(Syscall::ioctl, master, tiocgptn, number), 0);
    EXPECT_EQ(user.get<int>(number), 0);
    user.call(Syscall::setsid);
    i64 const slave = user.call(Syscall::open, "/dev/pts/0", 2);
    EXPECT_GE(slave, 0);
    return {master, slave};
}

std::string read_all(User& user, i64 fd) {
    UserAddr const room = user.room(200);
    i64 const count = user.call(Syscall::read, fd, room, 200);
    return count < 0 ? "error" : user.text_at(room, static_cast<usize>(count));
}

void type(User& user, Pair pair, std::string_view keys) {
    EXPECT_EQ(user.call(Syscall::write, pair.master, keys, keys.size()),
              static_cast<i64>(keys.size()));
}

TEST(Terminals, LinesAreEditedAndEchoed) {
    run([](User& user) {
        auto const pair = open_pair(user);
        type(user, pair, "abX\177c\r");
        EXPECT_EQ(read_all(user, pair.slave), "abc\n");
        EXPECT_EQ(read_all(user, pair.master), "abX\b \bc\r\n");
        type(user, pair, "end\004");
        EXPECT_EQ(read_all(user, pair.slave), "end");
        type(user, pair, "\004");
        EXPECT_EQ(read_all(user, pair.slave), "");
        EXPECT_EQ(user.call(Syscall::write, pair.slave, "x\ny", 3), 3);
        EXPECT_EQ(read_all(user, pair.master), "endx\r\ny");
        UserAddr const count = user.room(4);
        type(user, pair, "12\n");
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, fionread, count), 0);
        EXPECT_EQ(user.get<int>(count), 3);
    });
}

TEST(Terminals, RawModeGivesKeysAtOnce) {
    run([](User& user) {
        auto const pair = open_pair(user);
        UserAddr const settings = user.room(sizeof(uapi::Termios));
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tcgets, settings), 0);
        auto termios = user.get<uapi::Termios>(settings);
        termios.local = 0;
        termios.input = 0;
        termios.characters[uapi::termios::vmin] = 0;
        termios.characters[uapi::termios::vtime] = 5;
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tcsets, user.put_value(termios)), 0);
        type(user, pair, "\003k\r");
        EXPECT_EQ(read_all(user, pair.slave), "\003k\r");
        EXPECT_EQ(read_all(user, pair.slave), "") << "half a second passes";
    });
}

TEST(Terminals, ControlsFlushHoldAndCount) {
    run([](User& user) {
        auto const pair = open_pair(user);
        constexpr u32 tcsetsf = 0x5404, tcsbrk = 0x5409, tcxonc = 0x540a, tcflsh = 0x540b,
                      tiocexcl = 0x540c, tiocoutq = 0x5411, tiocgsid = 0x5429,
                      tcgets2 = 0x802c'542a, tcsetsw2 = 0x402c'542c;
        UserAddr const room = user.room(64);
        auto const control = [&](i64 fd, u32 command, u64 argument) {
            return user.call(Syscall::ioctl, fd, command, argument);
        };
        type(user, pair, "lost\n");
        EXPECT_EQ(control(pair.slave, tcflsh, 0), 0);
        EXPECT_EQ(control(pair.slave, fionread, room.value()), 0);
        EXPECT_EQ(user.get<int>(room), 0);
        EXPECT_EQ(control(pair.slave, tcflsh, 3), code(Errno::einval));
        EXPECT_EQ(control(pair.slave, tcgets, room.value()), 0);
        type(user, pair, "lost\n");
        EXPECT_EQ(control(pair.slave, tcsetsf, room.value()), 0);
        EXPECT_EQ(control(pair.slave, fionread, room.value()), 0);
        EXPECT_EQ(user.get<int>(room), 0);
        EXPECT_EQ(control(pair.slave, tcgets2, room.value()), 0);
        EXPECT_EQ(control(pair.slave, tcsetsw2, room.value()), 0);
        EXPECT_EQ(control(pair.slave, tcsetsw2, 0x10), code(Errno::efault));
        EXPECT_EQ(control(pair.slave, tcsbrk, 1), 0);
        EXPECT_EQ(control(pair.slave, tiocoutq, room.value()), 0);
        EXPECT_EQ(control(pair.slave, tcxonc, 0), 0) << "held";
        EXPECT_EQ(user.call(Syscall::fcntl, pair.slave, 4, 04002), 0);
        EXPECT_EQ(user.call(Syscall::write, pair.slave, "x", 1), code(Errno::eagain));
        EXPECT_EQ(control(pair.slave, tcxonc, 1), 0);
        EXPECT_EQ(user.call(Syscall::write, pair.slave, "x", 1), 1);
        EXPECT_EQ(control(pair.slave, tcxonc, 9), code(Errno::einval));
        EXPECT_EQ(control(pair.slave, tiocgsid, room.value()), 0);
        EXPECT_EQ(user.get<int>(room), user.call(Syscall::getpid));
        EXPECT_EQ(control(pair.slave, tiocsctty, 0), 0) << "it is already";
        EXPECT_EQ(control(pair.slave, tiocexcl, 0), 0);
        EXPECT_EQ(control(pair.slave, 0x5499, 0), code(Errno::enotty));
        EXPECT_EQ(control(0, tcgets, room.value()), code(Errno::enotty)) << "/dev/null";
    });
}

TEST(Terminals, ControllingTerminalsSendSignals) {
    static int seen;
    seen = 0;
    run([](User& user) {
        auto const pair = open_pair(user);
        UserAddr const handler =
            place_code([](User& inside) { seen = static_cast<int>(inside.first_argument()); });
        for (auto const signal : {Signal::interrupt, Signal::winch, Signal::hup, Signal::cont}) {
            u64 const action[] = {handler.value(), 0x0400'0000, text.value(), 0};
            user.call(Syscall::rt_sigaction, signal, user.put_value(action), 0, 8);
        }
        UserAddr const group = user.room(4);
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tiocgpgrp, group), 0);
        EXPECT_EQ(user.get<int>(group), user.call(Syscall::getpid));
        type(user, pair, "\003");
        EXPECT_EQ(seen, 2);
        uapi::WindowSize const size{.rows = 30, .columns = 90};
        UserAddr const where = user.put_value(size);
        EXPECT_EQ(user.call(Syscall::ioctl, pair.master, tiocswinsz, where), 0);
        EXPECT_EQ(seen, 28);
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tiocgwinsz, where), 0);
        EXPECT_EQ(user.get<uapi::WindowSize>(where), size);
        EXPECT_EQ(user.call(Syscall::close, pair.master), 0);
        EXPECT_NE(seen, 28) << "hung up";
        EXPECT_EQ(user.call(Syscall::read, pair.slave, where, 4), 0);
        EXPECT_EQ(user.call(Syscall::write, pair.slave, "x", 1), code(Errno::eio));
    });
}

TEST(Terminals, TheBackgroundMustNotRead) {
    run([](User& user) {
        auto const pair = open_pair(user);
        UserAddr const reader = place_code([pair](User& mine) {
            mine.call(Syscall::setpgid, 0, 0);
            read_all(mine, pair.slave);
        });
        i64 const child = user.fork(reader);
        UserAddr const status = user.room(4);
        EXPECT_EQ(user.call(Syscall::wait4, child, status, 2, 0), child);
        EXPECT_EQ(user.get<int>(status), 0x157f) << "stopped by SIGTTIN";
        UserAddr const group = user.put_value(static_cast<int>(child));
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tiocspgrp, group), 0);
        type(user, pair, "\n");
        EXPECT_EQ(user.call(Syscall::kill, child, Signal::cont), 0);
        EXPECT_EQ(user.call(Syscall::wait4, child, status, 0, 0), child);
        EXPECT_EQ(user.get<int>(status), 0);
        EXPECT_EQ(user.call(Syscall::open, "/dev/tty", 2), 5);
        EXPECT_EQ(user.call(Syscall::ioctl, pair.slave, tiocnotty, 0), 0);
        EXPECT_EQ(user.call(Syscall::open, "/dev/tty", 2), code(Errno::enxio));
    });
}

TEST(Proc, EveryFileCanBeReadInSmallPieces) {
    run([](User& user) {
        open_pair(user);
        for (auto const* const path : {"/proc/self/stat",         "/proc/self/status",
                                       "/proc/self/maps",         "/proc/self/limits",
                                       "/proc/self/mounts",       "/proc/self/mountinfo",
                                       "/proc/self/statm",        "/proc/self/cmdline",
                                       "/proc/self/fdinfo/3",     "/proc/self/comm",
                                       "/proc/meminfo",           "/proc/stat",
                                       "/proc/cpuinfo",           "/proc/uptime",
                                       "/proc/loadavg",           "/proc/version",
                                       "/proc/filesystems",       "/proc/slabinfo",
                                       "/proc/devices",           "/proc/sys/kernel/hostname",
                                       "/proc/sys/kernel/pid_max"}) {
            i64 const fd = user.call(Syscall::open, path, 0);
            EXPECT_GE(fd, 0) << path;
            UserAddr const room = user.room(64);
            usize size = 0;
            while (i64 const count = user.call(Syscall::read, fd, room, 61)) {
                if (count < 0)
                    break;
                size += static_cast<usize>(count);
            }
            EXPECT_GT(size, 0u) << path;
            user.call(Syscall::close, fd);
        }
        UserAddr const room = user.room(100);
        EXPECT_EQ(user.call(Syscall::readlink, "/proc/self/fd/4", room, 100), 10);
        EXPECT_EQ(user.text_at(room, 10), "/dev/pts/0");
        EXPECT_EQ(user.call(Syscall::readlink, "/proc/self/exe", room, 100), 9);
    });
}

} // namespace
