// Programs and processes: clone, execve, wait, signals, timers, memory and identity, as on Linux.
#include "kernel/host_system/refusals.hpp"
#include "kernel/host_system/system.hpp"

#include "abi/process.hpp"
#include "abi/resource.hpp"
#include "abi/signal.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace host_system;
using uapi::Signal;

namespace {

constexpr u64 bit(Signal signal) {
    return u64{1} << (std::to_underlying(signal) - 1);
}

constexpr u64 restorer_flag = 0x0400'0000;

void set_handler(User& user, Signal signal, u64 handler, u64 flags = 0) {
    std::array<u64, 4> const action{handler, flags | restorer_flag, text.value(), 0};
    EXPECT_EQ(user.call(Syscall::rt_sigaction, signal, user.put_value(action), 0, 8), 0);
}

int wait_status(User& user, i64 pid, u64 options = 0) {
    UserAddr const status = user.put_value(-1);
    EXPECT_EQ(user.call(Syscall::wait4, pid, status, options, 0), pid);
    return user.get<int>(status);
}

TEST(Processes, AThreadSharesMemoryAndTellsOfItsEnd) {
    run([](User& user) {
        UserAddr const word = user.put_value(u32{1});
        UserAddr const shared = user.put_value(u64{0});
        u64 const flags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x200000; // + CLEARTID
        UserAddr const body = place_code([shared](User& mine) {
            EXPECT_NE(mine.call(Syscall::gettid), mine.call(Syscall::getpid));
            static_cast<void>(arch::copy_to_user(shared, object_bytes(u64{42})));
            mine.call(Syscall::exit, 0);
        });
        std::array<u64, 8> const arguments{flags, 0, word.value(), 0, 0, 0x600000, 0, 0};
        EXPECT_EQ(user.call(Syscall::clone3, user.put_value(arguments), 8), code(Errno::einval));
        i64 const thread = user.clone(body, flags, word);
        EXPECT_GT(thread, 1);
        EXPECT_EQ(user.call(Syscall::futex, word, 0, 1, 0, 0, 0), 0) << "woken by the end";
        EXPECT_EQ(user.get<u64>(shared), 42u);
        EXPECT_EQ(user.call(Syscall::futex, word, 0, 1, 0, 0, 0), code(Errno::eagain));
        EXPECT_EQ(user.call(Syscall::futex, word, 1, 1, 0, 0, 0), 0);
        std::array<i64, 2> const moment{0, 1000};
        EXPECT_EQ(user.call(Syscall::futex, word, 0, 0, user.put_value(moment), 0, 0),
                  code(Errno::etimedout));
    });
}

TEST(Processes, WaitTellsOfStopsAndEnds) {
    run([](User& user) {
        UserAddr const sleeper = place_code([](User& mine) { mine.call(Syscall::pause); });
        i64 const child = user.fork(sleeper);
        EXPECT_EQ(user.call(Syscall::wait4, child, 0, 1, 0), 0) << "WNOHANG";
        user.call(Syscall::kill, child, Signal::stop);
        EXPECT_EQ(wait_status(user, child, 2), 0x137f);
        user.call(Syscall::kill, child, Signal::cont);
        EXPECT_EQ(wait_status(user, child, 8), 0xffff);
        user.call(Syscall::kill, child, Signal::term);
        UserAddr const info = user.room(128);
        UserAddr const usage = user.room(144);
        EXPECT_EQ(user.call(Syscall::waitid, 1, child, info, 4 | 0x01000000, usage), 0);
        EXPECT_EQ(user.get<uapi::SigInfo>(info).child.status, 15);
        EXPECT_EQ(wait_status(user, child), 15);
        EXPECT_EQ(user.call(Syscall::wait4, -1, 0, 0, 0), code(Errno::echild));
        EXPECT_EQ(user.call(Syscall::kill, child, 0), code(Errno::esrch));
    });
}

TEST(Processes, ACoreDumpIsWrittenWhereItIsWanted) {
    run([](User& user) {
        UserAddr const faults = place_code([](User& mine) {
            mine.call(Syscall::kill, mine.call(Syscall::getpid), Signal::segv);
            ADD_FAILURE() << "went on after a signal that kills";
        });
        auto const set_limit = [&](u64 bytes) {
            std::array<u64, 2> const limit{bytes, ~u64{0}};
            EXPECT_EQ(user.call(Syscall::setrlimit, uapi::Limit::core, user.put_value(limit)), 0);
        };
        EXPECT_EQ(user.call(Syscall::chdir, "/tmp"), 0);
        EXPECT_EQ(wait_status(user, user.fork(faults)), 11) << "the limit is 0 at first";
        EXPECT_EQ(user.read_file("core"), "error");
        set_limit(~u64{0});
        i64 const child = user.fork(faults);
        UserAddr const info = user.room(128);
        EXPECT_EQ(user.call(Syscall::waitid, 1, child, info, 4 | 0x01000000, 0), 0);
        if (was_refused())
            return; // a dump that memory was missing for is none
        EXPECT_EQ(user.get<uapi::SigInfo>(info).code, uapi::cld_dumped);
        EXPECT_EQ(wait_status(user, child), 11 | 0x80);
        EXPECT_TRUE(user.read_file("core").starts_with("\177ELF\2\1\1"));
        auto const size = [&] {
            user.call(Syscall::stat, "core", info);
            return user.get<std::array<i64, 7>>(info)[6];
        };
        i64 const whole = size();
        UserAddr const hides_memory = place_code([](User& mine) {
            EXPECT_EQ(mine.call(Syscall::madvise, mine.put_value(0).page_down(), page_size, 16), 0)
                << "MADV_DONTDUMP";
            mine.call(Syscall::kill, mine.call(Syscall::getpid), Signal::segv);
        });
        int const status = wait_status(user, user.fork(hides_memory));
        if (was_refused())
            return;
        EXPECT_EQ(status, 11 | 0x80);
        EXPECT_LT(size(), whole);
        set_limit(page_size);
        EXPECT_EQ(wait_status(user, user.fork(faults)), 11) << "it does not fit";
        UserAddr const hides = place_code([](User& mine) {
            EXPECT_EQ(mine.call(Syscall::prctl, 4, 0, 0, 0, 0), 0); // PR_SET_DUMPABLE
            mine.call(Syscall::kill, mine.call(Syscall::getpid), Signal::quit);
        });
        set_limit(~u64{0});
        EXPECT_EQ(wait_status(user, user.fork(hides)), 3);
    });
}

TEST(Processes, OtherThreadsAreInTheCoreDump) {
    run([](User& user) {
        static UserAddr thread;
        thread = place_code([](User& mine) { mine.call(Syscall::pause); });
        UserAddr const faults = place_code([](User& mine) {
            u64 const flags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000;
            for (int i = 0; i < 2; ++i)
                EXPECT_GT(mine.clone(thread, flags, UserAddr()), 1);
            mine.call(Syscall::sched_yield);
            mine.call(Syscall::kill, mine.call(Syscall::getpid), Signal::segv);
        });
        EXPECT_EQ(user.call(Syscall::chdir, "/tmp"), 0);
        std::array<u64, 2> const limit{~u64{0}, ~u64{0}};
        EXPECT_EQ(user.call(Syscall::setrlimit, uapi::Limit::core, user.put_value(limit)), 0);
        int const status = wait_status(user, user.fork(faults));
        if (was_refused())
            return;
        EXPECT_EQ(status, 11 | 0x80);
        // Notes come in the front page: three threads' registers, each with its kind's name.
        std::string const front = user.read_file("core");
        usize statuses = 0;
        std::string const mark("\5\0\0\0\x50\1\0\0\1\0\0\0CORE", 16);
        for (auto at = front.find(mark); at != front.npos; at = front.find(mark, at + 1))
            ++statuses;
        EXPECT_EQ(statuses, 3u);
    });
}

TEST(Processes, ExecveReplacesTheProgram) {
    static int starts;
    starts = 0;
    auto const outcome = run([](User& user) {
        if (++starts == 3)
            user.call(Syscall::exit_group, 9);
        EXPECT_EQ(user.call(Syscall::execve, "/etc/text", 0, 0), code(Errno::eacces));
        EXPECT_EQ(user.call(Syscall::execve, "/missing", 0, 0), code(Errno::enoent));
        set_handler(user, Signal::usr1, 0x1234);
        std::array<u64, 3> const words{user.put("one").value(), user.put("two").value(), 0};
        UserAddr const list = user.put_value(words);
        if (starts == 1)
            user.call(Syscall::execve, "/bin/script", list, list);
        else
            user.call(Syscall::execveat, -100, "/bin/main", list, 0, 0);
        ADD_FAILURE() << "execve came back";
    });
    EXPECT_EQ(outcome.status, 9 << 8);
}

TEST(Processes, SignalsWaitNestAndQueue) {
    static int seen;
    seen = 0;
    run([](User& user) {
        UserAddr const handler = place_code([](User& inside) {
            ++seen;
            EXPECT_EQ(inside.first_argument(), 40u);
        });
        set_handler(user, Signal{40}, handler.value());
        UserAddr const set = user.put_value(bit(Signal{40}) | bit(Signal::usr2));
        EXPECT_EQ(user.call(Syscall::rt_sigprocmask, 0, set, 0, 8), 0);
        i64 const self = user.call(Syscall::getpid);
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(user.call(Syscall::tgkill, self, self, 40), 0);
        user.call(Syscall::tgkill, self, self, Signal::usr2);
        UserAddr const pending = user.room(8);
        EXPECT_EQ(user.call(Syscall::rt_sigpending, pending, 8), 0);
        EXPECT_EQ(user.get<u64>(pending), bit(Signal{40}) | bit(Signal::usr2));
        UserAddr const info = user.room(128);
        EXPECT_EQ(user.call(Syscall::rt_sigtimedwait, set, info, 0, 8), 12);
        if (!was_refused()) { // what is known of a sender may get lost then
            EXPECT_EQ(user.get<uapi::SigInfo>(info).sender.pid, self);
        }
        EXPECT_EQ(seen, 0);
        UserAddr const none = user.put_value(u64{0});
        for (int i = 1; i <= 3; ++i) {
            EXPECT_EQ(user.call(Syscall::rt_sigsuspend, none, 8), code(Errno::eintr));
            EXPECT_EQ(seen, i);
        }
        EXPECT_EQ(user.call(Syscall::tgkill, self, self, 99), code(Errno::einval));
        std::array<u64, 3> const stack{memory.value(), 0, 64};
        EXPECT_EQ(user.call(Syscall::sigaltstack, user.put_value(stack), 0), code(Errno::enomem));
    });
}

TEST(Processes, TimersRing) {
    static int rings;
    rings = 0;
    run([](User& user) {
        set_handler(user, Signal::alrm, place_code([](User&) { ++rings; }).value());
        std::array<i64, 4> const each{0, 500'000, 0, 500'000}; // half a second, again and again
        UserAddr const spec = user.put_value(each);
        EXPECT_EQ(user.call(Syscall::setitimer, 0, spec, 0), 0);
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(user.call(Syscall::pause), code(Errno::eintr));
        EXPECT_EQ(rings, 3);
        EXPECT_EQ(user.call(Syscall::getitimer, 0, spec), 0);
        std::array<i64, 4> const never{};
        EXPECT_EQ(user.call(Syscall::setitimer, 0, user.put_value(never), 0), 0);
        EXPECT_EQ(user.call(Syscall::alarm, 10), 0);
        EXPECT_EQ(user.call(Syscall::alarm, 0), 10);
        UserAddr const id = user.room(4);
        EXPECT_EQ(user.call(Syscall::timer_create, 1, 0, id), 0);
        int const timer = user.get<int>(id);
        std::array<i64, 4> const once{0, 0, 2, 0};
        EXPECT_EQ(user.call(Syscall::timer_settime, timer, 0, user.put_value(once), 0), 0);
        EXPECT_EQ(user.call(Syscall::pause), code(Errno::eintr));
        EXPECT_EQ(rings, 4);
        EXPECT_EQ(user.call(Syscall::timer_getoverrun, timer), 0);
        EXPECT_EQ(user.call(Syscall::timer_delete, timer), 0);
        EXPECT_EQ(user.call(Syscall::timer_delete, timer), code(Errno::einval));
        std::array<i64, 2> const bad{0, 1'000'000'000};
        EXPECT_EQ(user.call(Syscall::nanosleep, user.put_value(bad), 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::clock_gettime, 99, spec), code(Errno::einval));
    });
}

TEST(Processes, MemoryComesAndGoes) {
    run([](User& user) {
        i64 const at = user.call(Syscall::mmap, 0, 4 * page_size, 3, 0x22, -1, 0);
        ASSERT_GT(at, 0);
        UserAddr const start(static_cast<u64>(at));
        EXPECT_EQ(arch::zero_user(start, 4 * page_size), 4 * page_size);
        EXPECT_EQ(user.call(Syscall::mprotect, start + page_size, page_size, 1), 0);
        EXPECT_EQ(arch::zero_user(start, 4 * page_size), page_size);
        i64 const moved = user.call(Syscall::mremap, start, page_size, 8 * page_size, 1);
        EXPECT_GT(moved, 0);
        EXPECT_EQ(user.call(Syscall::madvise, moved, page_size, 4), 0) << "MADV_DONTNEED";
        EXPECT_EQ(user.call(Syscall::munmap, moved, 8 * page_size), 0);
        EXPECT_EQ(arch::zero_user(UserAddr(static_cast<u64>(moved)), 1), 0u);
        EXPECT_EQ(user.call(Syscall::munmap, 1, page_size), code(Errno::einval));
        i64 const end = user.call(Syscall::brk, 0);
        EXPECT_EQ(user.call(Syscall::brk, end + 10'000), end + 10'000);
        i64 const fd = user.call(Syscall::open, "/etc/text", 0);
        i64 const file = user.call(Syscall::mmap, 0, page_size, 1, 2, fd, 0);
        EXPECT_EQ(user.text_at(UserAddr(static_cast<u64>(file)), 3), "The");
        EXPECT_EQ(user.call(Syscall::mmap, 0, page_size, 3, 1, fd, 0), code(Errno::eacces));
        EXPECT_EQ(user.call(Syscall::msync, file, page_size, 4), 0);
        EXPECT_EQ(user.call(Syscall::mlock, file, page_size), 0);
    });
}

TEST(Processes, IdentityAndGroups) {
    run([](User& user) {
        i64 const self = user.call(Syscall::getpid);
        EXPECT_EQ(user.call(Syscall::setsid), self);
        EXPECT_EQ(user.call(Syscall::getsid, 0), self);
        EXPECT_EQ(user.call(Syscall::setpgid, 0, 0), code(Errno::eperm)) << "leads a session";
        EXPECT_EQ(user.call(Syscall::getppid), 1);
        std::array<u32, 2> const groups{5, 6};
        EXPECT_EQ(user.call(Syscall::setgroups, 2, user.put_value(groups)), 0);
        EXPECT_EQ(user.call(Syscall::getgroups, 0, 0), 2);
        EXPECT_EQ(user.call(Syscall::setpriority, 0, 0, 5), 0);
        EXPECT_EQ(user.call(Syscall::getpriority, 0, 0), 15);
        EXPECT_EQ(user.call(Syscall::setresgid, 20, 20, 20), 0);
        EXPECT_EQ(user.call(Syscall::setreuid, 10, 11), 0);
        EXPECT_EQ(user.call(Syscall::geteuid), 11);
        EXPECT_EQ(user.call(Syscall::setuid, 0), code(Errno::eperm));
        EXPECT_EQ(user.call(Syscall::kill, 1, 9), code(Errno::eperm));
        EXPECT_EQ(user.call(Syscall::setpriority, 0, 0, -5), code(Errno::eacces));
        EXPECT_EQ(user.call(Syscall::sethostname, "x", 1), code(Errno::eperm));
        std::array<u64, 2> const limit{~u64{0}, ~u64{0}};
        EXPECT_EQ(user.call(Syscall::prlimit64, 0, 7, user.put_value(limit), 0),
                  code(Errno::eperm));
        EXPECT_EQ(user.call(Syscall::prctl, 15, "renamed"), 0);
        UserAddr const name = user.room(16);
        EXPECT_EQ(user.call(Syscall::prctl, 16, name), 0);
        EXPECT_EQ(user.text_at(name, 7), "renamed");
    });
}

} // namespace
