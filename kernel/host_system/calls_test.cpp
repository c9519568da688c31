// Programs and the rarer calls: record locks, the log, settings, robust mutexes, faults, tracing,
// and memory that runs out.
#include "kernel/host_system/system.hpp"

#include "abi/fcntl.hpp"
#include "abi/process.hpp"
#include "abi/signal.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/syscall/table.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace host_system;
using uapi::Signal;

namespace {

TEST(Calls, RecordLocksAreOfProcessesOrOfFiles) {
    run([](User& user) {
        i64 const fd = user.call(Syscall::open, "/tmp/f", 0102, 0644);
        user.call(Syscall::write, fd, "0123456789", 10);
        auto const lock = [&](i16 type, i64 start, i64 length, i16 whence = 0) {
            return user.put_value(uapi::flock{type, whence, 0, start, length, 0, 0});
        };
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlk, lock(1, 2, 3)), 0);
        UserAddr const child = place_code([fd, lock](User& mine) {
            UserAddr const asked = lock(0, -10, 0, 1);
            EXPECT_EQ(mine.call(Syscall::fcntl, fd, uapi::f_getlk, asked), 0);
            auto const held = mine.get<uapi::flock>(asked);
            EXPECT_EQ(held.type, 1);
            EXPECT_EQ(held.start, 2);
            EXPECT_EQ(held.length, 3);
            EXPECT_EQ(held.pid, mine.call(Syscall::getppid));
            EXPECT_EQ(mine.call(Syscall::fcntl, fd, uapi::f_setlk, lock(1, 0, 3)),
                      code(Errno::eagain));
            EXPECT_EQ(mine.call(Syscall::fcntl, fd, uapi::f_setlk, lock(1, 5, 0)), 0);
            EXPECT_EQ(mine.call(Syscall::fcntl, fd, uapi::f_setlkw, lock(1, 0, 5)), 0)
                << "once the parent lets go";
        });
        i64 const pid = user.fork(child);
        user.call(Syscall::sched_yield);
        std::array<i64, 2> const second{1, 0};
        user.call(Syscall::nanosleep, user.put_value(second), 0);
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlkw, lock(1, 7, 1)),
                  code(Errno::edeadlock));
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlk, lock(2, 3, 1)), 0);
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlk, lock(2, 0, 0)), 0);
        EXPECT_EQ(user.call(Syscall::wait4, pid, 0, 0, 0), pid);
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_ofd_setlk, lock(1, 0, 0)), 0);
        i64 const other = user.call(Syscall::open, "/tmp/f", 2);
        EXPECT_EQ(user.call(Syscall::fcntl, other, uapi::f_ofd_setlk, lock(0, 0, 1, 2)),
                  code(Errno::eagain));
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlk, lock(7, 0, 0)), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::fcntl, fd, uapi::f_setlk, lock(1, -1, 0)),
                  code(Errno::einval));
    });
}

TEST(Calls, ThePipesCapacityCanBeSet) {
    run([](User& user) {
        UserAddr const ends = user.room(8);
        user.call(Syscall::pipe2, ends, 04000);
        int const writer = user.get<int>(ends + 4);
        EXPECT_EQ(user.call(Syscall::fcntl, writer, uapi::f_getpipe_sz), 65536);
        EXPECT_EQ(user.call(Syscall::fcntl, writer, uapi::f_setpipe_sz, 5000), 8192);
        EXPECT_EQ(user.call(Syscall::write, writer, memory, 20'000), 8192);
        EXPECT_EQ(user.call(Syscall::fcntl, writer, uapi::f_setpipe_sz, 4096), code(Errno::ebusy));
    });
}

TEST(Calls, TheLogIsReadRecordByRecord) {
    run([](User& user) {
        i64 const fd = user.call(Syscall::open, "/dev/kmsg", 04002);
        EXPECT_EQ(user.call(Syscall::lseek, fd, 0, 2), 0);
        EXPECT_EQ(user.call(Syscall::write, fd, "<4>hello\n", 9), 9);
        UserAddr const room = user.room(300);
        EXPECT_EQ(user.call(Syscall::read, fd, room, 4), code(Errno::einval)) << "and gone";
        EXPECT_EQ(user.call(Syscall::write, fd, "<4>hello\n", 9), 9);
        i64 const count = user.call(Syscall::read, fd, room, 300);
        ASSERT_GT(count, 0);
        EXPECT_NE(user.text_at(room, static_cast<usize>(count)).find(";hello\n"),
                  std::string::npos);
        EXPECT_EQ(user.call(Syscall::read, fd, room, 300), code(Errno::eagain));
        EXPECT_GT(user.call(Syscall::syslog, 10, 0, 0), 0) << "the buffer's size";
        EXPECT_GT(user.call(Syscall::syslog, 3, room, 300), 0);
        EXPECT_EQ(user.call(Syscall::syslog, 99, 0, 0), code(Errno::einval));
    });
}

TEST(Calls, SettingsAreFiles) {
    run([](User& user) {
        i64 const fd = user.call(Syscall::open, "/proc/sys/kernel/hostname", 1);
        EXPECT_EQ(user.call(Syscall::write, fd, "tester\n", 7), 7);
        EXPECT_EQ(user.read_file("/proc/sys/kernel/hostname"), "tester\n");
        UserAddr const names = user.room(390);
        EXPECT_EQ(user.call(Syscall::uname, names), 0);
        EXPECT_EQ(user.text_at(names + 65, 6), "tester");
        EXPECT_EQ(user.read_file("/proc/sys/kernel/ostype"), "Linux\n");
        EXPECT_EQ(user.read_file("/proc/sys/kernel/random/uuid").size(), 37u);
        EXPECT_EQ(user.read_file("/proc/sys/kernel/random/boot_id"),
                  user.read_file("/proc/sys/kernel/random/boot_id"));
        EXPECT_EQ(user.read_file("/proc/sys/vm/overcommit_memory"), "0\n");
        user.call(Syscall::sethostname, "linnet", 6);
        EXPECT_EQ(user.call(Syscall::mount, "x", "/tmp", "devtmpfs", 0, 0), 0);
        i64 const zero = user.call(Syscall::open, "/tmp/zero", 0);
        EXPECT_EQ(user.call(Syscall::read, zero, names, 10), 10);
        EXPECT_EQ(user.text_at(names, 10), std::string(10, '\0'));
    });
}

TEST(Calls, AThreadsEndMarksItsRobustMutexes) {
    run([](User& user) {
        UserAddr const shared(
            static_cast<u64>(user.call(Syscall::mmap, 0, page_size, 3, 0x21, -1, 0))); // MAP_SHARED
        UserAddr const child = place_code([shared](User& mine) {
            u32 const owner = static_cast<u32>(mine.call(Syscall::gettid));
            // A ring of one entry, whose lock word lies 8 bytes behind it.
            std::array<u64, 5> const ring{shared.value() + 24, 8, 0, shared.value(), owner};
            static_cast<void>(arch::copy_to_user(shared, object_bytes(ring)));
            EXPECT_EQ(mine.call(Syscall::set_robust_list, shared, 24), 0);
            EXPECT_EQ(mine.call(Syscall::set_robust_list, shared, 23), code(Errno::einval));
        });
        EXPECT_EQ(user.call(Syscall::wait4, user.fork(child), 0, 0, 0) > 0, true);
        EXPECT_EQ(user.get<u32>(shared + 32), uapi::futex_owner_died);
    });
}

TEST(Calls, FaultsBecomeSignals) {
    static std::array<u64, 10> seen;
    static usize count;
    count = 0;
    run([](User& user) {
        using Kind = upcall::UserFault::Kind;
        UserAddr const handler =
            place_code([](User& inside) { seen[count++ % seen.size()] = inside.first_argument(); });
        for (auto const signal :
             {Signal::segv, Signal::fpe, Signal::trap, Signal::bus, Signal::ill}) {
            std::array<u64, 4> const action{handler.value(), 0x0400'0000, text.value(), 0};
            user.call(Syscall::rt_sigaction, signal, user.put_value(action), 0, 8);
        }
        for (auto const kind : {Kind::divide, Kind::breakpoint, Kind::single_step, Kind::overflow,
                                Kind::illegal, Kind::protection, Kind::alignment})
            user.fault({.kind = kind});
        user.fault({.kind = Kind::page, .at = UserAddr(0x1000), .wanted = arch::Access::read});
        user.fault({.kind = Kind::page, .at = text, .wanted = arch::Access::write});
        user.fault({.kind = Kind::page, .at = memory, .wanted = arch::Access::write});
    });
    EXPECT_EQ(count, 9u) << "the last one has memory";
    EXPECT_EQ(seen, (std::array<u64, 10>{8, 5, 5, 11, 4, 11, 7, 11, 11, 0}));
}

TEST(Calls, ATraceTellsArgumentsAndResults) {
    static_cast<void>(host::take_console());
    run([](User& user) {
        sys::set_tracing(true);
        user.call(Syscall::write, 1, "a\tb\x01\"", 5);
        user.call(Syscall::openat, -100, "/missing", 0);
        user.call(Syscall::mmap, 0, page_size, 3, 0x22, -1, 0);
        user.call(Syscall::read, user.call(Syscall::open, "/etc/text", 0), user.room(10), 8);
        user.call(Syscall::poll, 0, 0, 0);
        user.call(Syscall::kill, 0, 0);
        user.call(Syscall::wait4, -1, 0, 1, 0);
        user.call(Syscall::open, 0x10, 0);
        sys::set_tracing(false);
    });
    std::string const log = host::take_console();
    for (auto const* const line :
         {R"(write(1, "a\tb\1\"", 5) = 5)", R"(openat(AT_FDCWD, "/missing", )", "= -ENOENT kernel/",
          "PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS", R"(read(3, "The firs", 8) = 8)",
          "WNOHANG", "= -EFAULT"})
        EXPECT_NE(log.find(line), std::string::npos) << line << "\nin\n" << log;
}

TEST(Calls, WhoUsesUpTheMemoryIsKilled) {
    auto const outcome = run([](User& user) {
        UserAddr const eater = place_code([](User& mine) {
            constexpr usize much = 40_MiB; // the machine has 64
            for (int i = 0; i < 2; ++i) {
                UserAddr const at(
                    static_cast<u64>(mine.call(Syscall::mmap, 0, much, 3, 0x22, -1, 0)));
                for (usize offset = 0; offset < much; offset += page_size)
                    mine.fault({.kind = upcall::UserFault::Kind::page,
                                .at = at + offset,
                                .wanted = arch::Access::write});
            }
        });
        i64 const child = user.fork(eater);
        UserAddr const status = user.room(4);
        EXPECT_EQ(user.call(Syscall::wait4, child, status, 0, 0), child);
        EXPECT_EQ(user.get<int>(status), 9);
    });
    EXPECT_EQ(outcome.status, 0) << "nobody else";
}

} // namespace
