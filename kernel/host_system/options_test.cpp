// Programs that set options of their process, give up capabilities, and use futexes in every way.
#include "kernel/host_system/system.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace host_system;

namespace {

TEST(Options, OptionsOfAProcess) {
    run([](User& user) {
        UserAddr const room = user.room(8);
        auto const option = [&](int which, u64 value = 0, u64 second = 0) {
            return user.call(Syscall::prctl, which, value, second, 0, 0);
        };
        EXPECT_EQ(option(1, 9), 0) << "PR_SET_PDEATHSIG";
        EXPECT_EQ(option(1, 65), code(Errno::einval));
        EXPECT_EQ(option(2, room.value()), 0);
        EXPECT_EQ(user.get<int>(room), 9);
        EXPECT_EQ(option(3), 1) << "PR_GET_DUMPABLE";
        EXPECT_EQ(option(4, 0), 0);
        EXPECT_EQ(option(4, 2), code(Errno::einval));
        EXPECT_EQ(option(3), 0);
        EXPECT_EQ(option(8, 1), 0) << "PR_SET_KEEPCAPS";
        EXPECT_EQ(option(8, 2), code(Errno::einval));
        EXPECT_EQ(option(7), 1);
        EXPECT_EQ(option(21), 0) << "PR_GET_SECCOMP";
        EXPECT_EQ(option(23, 5), 1) << "PR_CAPBSET_READ";
        EXPECT_EQ(option(23, 99), code(Errno::einval));
        EXPECT_EQ(option(24, 99), code(Errno::einval));
        EXPECT_EQ(option(30), 50'000) << "PR_GET_TIMERSLACK";
        EXPECT_EQ(option(29, 1), 0);
        EXPECT_EQ(option(30), 1);
        EXPECT_EQ(option(38, 0), code(Errno::einval)) << "PR_SET_NO_NEW_PRIVS";
        EXPECT_EQ(option(38, 1), 0);
        EXPECT_EQ(option(39), 1);
        EXPECT_EQ(option(39, 0, 1), code(Errno::einval));
        EXPECT_EQ(option(40, room.value()), 0) << "PR_GET_TID_ADDRESS";
        EXPECT_EQ(option(999), code(Errno::einval));
        EXPECT_EQ(option(36, 1), 0) << "PR_SET_CHILD_SUBREAPER";
        EXPECT_EQ(option(37, room.value()), 0);
        EXPECT_EQ(user.get<int>(room), 1);
        i64 const self = user.call(Syscall::getpid);
        UserAddr const orphan = place_code([self](User& mine) {
            mine.call(Syscall::sched_yield);
            EXPECT_EQ(mine.call(Syscall::getppid), self);
        });
        i64 const child = user.fork(place_code([orphan](User& mine) { mine.fork(orphan); }));
        EXPECT_EQ(user.call(Syscall::wait4, child, 0, 0, 0), child);
        EXPECT_GT(user.call(Syscall::wait4, -1, 0, 0, 0), child) << "its child is ours now";
    });
}

TEST(Options, CapabilitiesCanBeGivenUp) {
    run([](User& user) {
        std::array<u32, 2> const version{0x2008'0522, 0};
        UserAddr const header = user.put_value(version);
        UserAddr const data = user.room(24);
        EXPECT_EQ(user.call(Syscall::capget, header, data), 0);
        auto sets = user.get<std::array<u32, 6>>(data);
        EXPECT_EQ(sets[0], ~u32{0}) << "root has all";
        constexpr u32 chroot = 1 << 18;
        sets[0] &= ~chroot;
        EXPECT_EQ(user.call(Syscall::capset, header, user.put_value(sets)), 0);
        EXPECT_EQ(user.call(Syscall::chroot, "/"), code(Errno::eperm));
        sets[0] |= chroot;
        EXPECT_EQ(user.call(Syscall::capset, header, user.put_value(sets)), 0) << "permitted";
        EXPECT_EQ(user.call(Syscall::chroot, "/"), 0);
        sets[0] &= ~chroot;
        sets[1] &= ~chroot;
        EXPECT_EQ(user.call(Syscall::capset, header, user.put_value(sets)), 0);
        sets[1] |= chroot;
        EXPECT_EQ(user.call(Syscall::capset, header, user.put_value(sets)), code(Errno::eperm));
        UserAddr const unknown = user.put_value(std::array<u32, 2>{});
        EXPECT_EQ(user.call(Syscall::capget, unknown, data), code(Errno::einval));
        EXPECT_EQ(user.get<u32>(unknown), version[0]) << "the one to use";
    });
}

TEST(Options, FutexesWakeMoveAndCompute) {
    run([](User& user) {
        UserAddr const shared(
            static_cast<u64>(user.call(Syscall::mmap, 0, page_size, 3, 0x21, -1, 0))); // MAP_SHARED
        UserAddr const first = shared;
        UserAddr const second = shared + 64;
        constexpr int wait = 0, wake = 1, requeue = 3, compare_requeue = 4, wake_op = 5,
                      wait_bits = 9, wake_bits = 10;
        auto const futex = [&](UserAddr word, int operation, u32 value, u64 fourth = 0,
                               UserAddr other = UserAddr(), u32 third = 0) {
            return user.call(Syscall::futex, word, operation, value, fourth, other, third);
        };
        std::array<i64, 2> const moment{0, 1'000'000};
        UserAddr const pause = user.put_value(moment);
        auto const sleeper = place_code([first](User& mine) {
            EXPECT_EQ(mine.call(Syscall::futex, first, wait_bits, 0, 0, 0, 2), 0);
        });
        for (int i = 0; i < 3; ++i)
            user.fork(sleeper);
        user.call(Syscall::nanosleep, pause, 0);
        EXPECT_EQ(futex(first, wake_bits, 9, 0, UserAddr(), 4), 0) << "no bit in common";
        EXPECT_EQ(futex(first, wake_bits, 9, 0, UserAddr(), 0), code(Errno::einval));
        EXPECT_EQ(futex(first, compare_requeue, 1, 1, second, 7), code(Errno::eagain));
        EXPECT_EQ(futex(first, compare_requeue, 1, 1, second, 0), 2) << "one woken, one moved";
        EXPECT_GE(futex(first, requeue, 0, 9, second), 0);
        EXPECT_EQ(futex(first, wake, 9), 0);
        // *second += 5; wakes one of first, and one of second since it was 0.
        EXPECT_EQ(futex(first, wake_op, 1, 1, second, 1u << 28 | 5u << 12), 1);
        EXPECT_EQ(user.get<u32>(second), 5u);
        EXPECT_EQ(futex(second, wake, 9), 1);
        EXPECT_EQ(futex(second, wait, 4), code(Errno::eagain));
        EXPECT_EQ(futex(second, wait, 5, pause.value()), code(Errno::etimedout));
        EXPECT_EQ(futex(second + 1, wait, 5), code(Errno::einval)) << "not aligned";
        EXPECT_EQ(futex(UserAddr(0x1000), wait, 5), code(Errno::efault));
        EXPECT_EQ(futex(second, 99, 5), code(Errno::enosys));
    });
}

} // namespace
