// Programs that count with eventfd, wait with timerfd, advise about memory, and look at themselves.
#include "kernel/host_system/system.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace host_system;

namespace {

constexpr int nonblocking = 04000;
constexpr i64 millisecond = 1'000'000;

struct Counter {
    User& user;
    i64 fd;

    i64 add(u64 value) const { return user.call(Syscall::write, fd, user.put_value(value), 8); }

    /// What is read, or the negative errno.
    i64 take() const {
        UserAddr const into = user.room(8);
        i64 const got = user.call(Syscall::read, fd, into, 8);
        return got == 8 ? user.get<i64>(into) : got;
    }

    /// What poll finds without waiting: 1 to read, 4 to write.
    int ready() const {
        struct {
            int fd;
            short events, found;
        } const asked{static_cast<int>(fd), 5, 0};

        UserAddr const at = user.put_value(asked);
        user.call(Syscall::poll, at, 1, 0);
        return user.get<short>(at + 6);
    }
};

TEST(Events, ACounterIsTakenWholeOrOneByOne) {
    run([](User& user) {
        Counter const whole{user, user.call(Syscall::eventfd2, 5, nonblocking)};
        EXPECT_EQ(whole.take(), 5);
        EXPECT_EQ(whole.take(), code(Errno::eagain));
        EXPECT_EQ(whole.ready(), 4);
        EXPECT_EQ(whole.add(2), 8);
        EXPECT_EQ(whole.add(3), 8);
        EXPECT_EQ(whole.ready(), 5);
        EXPECT_EQ(whole.take(), 5);
        EXPECT_EQ(whole.add(~u64{0}), code(Errno::einval));
        EXPECT_EQ(whole.add(~u64{0} - 1), 8);
        EXPECT_EQ(whole.add(1), code(Errno::eagain)) << "full";
        EXPECT_EQ(whole.ready(), 1);
        EXPECT_EQ(user.call(Syscall::read, whole.fd, user.room(8), 7), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::write, whole.fd, user.room(8), 7), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::read, whole.fd, 0, 8), code(Errno::efault));

        Counter const steps{user, user.call(Syscall::eventfd2, 2, nonblocking | 1)};
        EXPECT_EQ(steps.take(), 1);
        EXPECT_EQ(steps.take(), 1);
        EXPECT_EQ(steps.take(), code(Errno::eagain));
        EXPECT_EQ(user.call(Syscall::eventfd2, 0, 2), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::lseek, steps.fd, 0, 0), code(Errno::espipe));
    });
}

TEST(Events, ACounterIsWaitedFor) {
    run([](User& user) {
        i64 const fd = user.call(Syscall::eventfd, 0);
        user.fork(place_code([fd](User& mine) {
            std::array<i64, 2> const moment{0, millisecond};
            mine.call(Syscall::nanosleep, mine.put_value(moment), 0);
            EXPECT_EQ((Counter{mine, fd}.add(7)), 8);
        }));
        EXPECT_EQ((Counter{user, fd}.take()), 7);
        EXPECT_EQ(user.call(Syscall::wait4, -1, 0, 0, 0) > 0, true);
    });
}

using Times = std::array<i64, 4>; ///< interval and time left, in seconds and nanoseconds

TEST(Events, ATimerCountsItsExpirations) {
    run([](User& user) {
        auto const set = [&](i64 fd, int flags, Times const& times, UserAddr old = UserAddr()) {
            return user.call(Syscall::timerfd_settime, fd, flags, user.put_value(times), old);
        };
        for (int const clock : {0, 1, 7}) { // real time, monotonic, since boot
            i64 const fd = user.call(Syscall::timerfd_create, clock, 0);
            ASSERT_GE(fd, 0);
            Counter const timer{user, fd};
            EXPECT_EQ(timer.ready(), 0);
            EXPECT_EQ(set(fd, 0, {0, 0, 0, 3 * millisecond}), 0);
            EXPECT_EQ(timer.take(), 1);
            EXPECT_EQ(set(fd, 0, {0, millisecond, 0, 2 * millisecond}), 0);
            std::array<i64, 2> const pause{0, 5 * millisecond + 1};
            user.call(Syscall::nanosleep, user.put_value(pause), 0);
            EXPECT_EQ(timer.ready(), 1);
            UserAddr const now = user.room(sizeof(Times));
            EXPECT_EQ(user.call(Syscall::timerfd_gettime, fd, now), 0);
            EXPECT_EQ(user.get<Times>(now)[1], millisecond);
            EXPECT_LT(user.get<Times>(now)[3], millisecond);
            EXPECT_EQ(timer.take(), 4);
            EXPECT_EQ(set(fd, 0, {}, now), 0);
            EXPECT_EQ(user.get<Times>(now)[1], millisecond) << "what was set before";
            EXPECT_EQ(timer.ready(), 0);
            user.call(Syscall::clock_gettime, clock, now);
            auto const at = user.get<std::array<i64, 2>>(now);
            EXPECT_EQ(set(fd, 1, {0, 0, at[0] + 1, at[1]}), 0) << "absolute";
            EXPECT_EQ(timer.take(), 1);
            EXPECT_EQ(set(fd, 1, {0, 0, 1, 0}), 0) << "in the past";
            EXPECT_EQ(timer.take(), 1);
            EXPECT_EQ(set(fd, 4, {}), code(Errno::einval));
            EXPECT_EQ(set(fd, 0, {0, 0, 0, 1000 * millisecond}), code(Errno::einval));
            EXPECT_EQ(user.call(Syscall::write, fd, now, 8), code(Errno::einval));
        }
        EXPECT_EQ(user.call(Syscall::timerfd_create, 2, 0), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::timerfd_create, 1, 1), code(Errno::einval));
        EXPECT_EQ(user.call(Syscall::timerfd_gettime, 0, user.room(32)), code(Errno::einval));
        Counter const soon{user, user.call(Syscall::timerfd_create, 1, nonblocking)};
        EXPECT_EQ(soon.take(), code(Errno::eagain));
    });
}

TEST(Events, AdviceSaysWhatAChildGetsOfMemory) {
    run([](User& user) {
        auto const map = [&](u64 pages, int flags) {
            return UserAddr(
                static_cast<u64>(user.call(Syscall::mmap, 0, pages * page_size, 3, flags, -1, 0)));
        };
        constexpr int private_memory = 0x22, shared_memory = 0x21;
        constexpr int remove = 9, leave_out = 10, copy = 11, wipe = 18, keep = 19;
        UserAddr const at = map(3, private_memory);
        u64 const value = 7;
        for (u64 page = 0; page < 3; ++page)
            EXPECT_TRUE(arch::copy_to_user(at + page * page_size, object_bytes(value)));
        auto const advise = [&](UserAddr start, u64 pages, int advice) {
            return user.call(Syscall::madvise, start, pages * page_size, advice);
        };
        EXPECT_EQ(advise(at, 2, leave_out), 0);
        EXPECT_EQ(advise(at + page_size, 1, copy), 0);
        EXPECT_EQ(advise(at + 2 * page_size, 1, wipe), 0);
        i64 const child = user.fork(place_code([at](User& mine) {
            UserAddr const core = mine.room(1);
            EXPECT_EQ(mine.call(Syscall::mincore, at, page_size, core), code(Errno::enomem));
            EXPECT_EQ(mine.get<u64>(at + page_size), 7u);
            EXPECT_EQ(mine.get<u64>(at + 2 * page_size), 0u);
        }));
        EXPECT_EQ(user.call(Syscall::wait4, child, 0, 0, 0), child);
        EXPECT_EQ(user.get<u64>(at + 2 * page_size), 7u);
        EXPECT_EQ(advise(at + 2 * page_size, 1, keep), 0);
        EXPECT_EQ(advise(at, 3, remove), code(Errno::einval)) << "it has no source";

        UserAddr const shared = map(2, shared_memory);
        EXPECT_EQ(advise(shared, 1, wipe), code(Errno::einval));
        EXPECT_TRUE(arch::copy_to_user(shared, object_bytes(value)));
        UserAddr const core = user.room(2);
        EXPECT_EQ(user.call(Syscall::mincore, shared, 2 * page_size, core), 0);
        EXPECT_EQ(user.get<u8>(core), 1);
        EXPECT_EQ(user.get<u8>(core + 1), 0) << "nobody has touched it";
        EXPECT_EQ(advise(shared, 2, remove), 0);
        EXPECT_EQ(user.get<u64>(shared), 0u);
        EXPECT_TRUE(arch::copy_to_user(shared, object_bytes(value)));
        i64 const toucher = user.fork(place_code([shared](User&) {
            EXPECT_TRUE(arch::copy_to_user(shared + page_size, object_bytes(u64{9})));
        }));
        EXPECT_EQ(user.call(Syscall::wait4, toucher, 0, 0, 0), toucher);
        EXPECT_EQ(user.call(Syscall::mincore, shared, 2 * page_size, core), 0);
        EXPECT_EQ(user.get<u8>(core + 1), 1) << "another process has touched it";
        EXPECT_EQ(user.call(Syscall::munmap, shared + page_size, page_size), 0);
        EXPECT_EQ(advise(shared, 2, remove), code(Errno::enomem));
        EXPECT_EQ(advise(shared, 2, leave_out), code(Errno::enomem));
        EXPECT_EQ(user.call(Syscall::mincore, shared + 1, 1, core), code(Errno::einval));
    });
}

TEST(Events, AProcessFindsItselfInProc) {
    run([](User& user) {
        auto const write = [&](std::string_view path, std::string_view text) {
            i64 const fd = user.call(Syscall::open, path, 1);
            i64 const written = user.call(Syscall::write, fd, text, text.size());
            user.call(Syscall::close, fd);
            return written;
        };
        EXPECT_EQ(write("/proc/self/comm", "a name that is too long"), 23);
        EXPECT_EQ(user.read_file("/proc/self/comm"), "a name that is \n");
        EXPECT_EQ(write("/proc/1/comm", "no"), code(Errno::einval));
        EXPECT_EQ(write("/proc/self/oom_score_adj", "200\n"), 4);
        EXPECT_EQ(user.read_file("/proc/self/oom_score_adj"), "200\n");
        for (auto const* wrong : {"1001", "-1001", "x", "1 2", ""})
            EXPECT_LE(write("/proc/self/oom_score_adj", wrong), 0) << wrong;
        EXPECT_EQ(user.read_file("/proc/self/personality"), "00000000\n");
        EXPECT_EQ(user.read_file("/proc/self/wchan"), "0");
        EXPECT_EQ(user.read_file("/proc/self/cgroup"), "0::/\n");
        EXPECT_TRUE(user.read_file("/proc/self/limits").starts_with("Limit "));
        EXPECT_TRUE(user.read_file("/proc/self/maps").contains("/bin/main"));
        EXPECT_TRUE(user.read_file("/proc/self/mounts").starts_with("rootfs / "));
        EXPECT_TRUE(user.read_file("/proc/self/mountinfo").contains(" - proc "));
        EXPECT_TRUE(user.read_file("/proc/self/status").starts_with("Name:\ta name that is"));
        EXPECT_TRUE(user.read_file("/proc/self/statm").ends_with("\n"));
        EXPECT_TRUE(user.read_file("/proc/self/fdinfo/0").starts_with("pos:\t0\n"));
        UserAddr const into = user.room(100);
        auto const link = [&](std::string_view path) {
            i64 const size = user.call(Syscall::readlink, path, into, 100);
            return size < 0 ? "error" : user.text_at(into, static_cast<usize>(size));
        };
        EXPECT_EQ(link("/proc/self/exe"), "/bin/main");
        EXPECT_EQ(link("/proc/self/cwd"), "/");
        EXPECT_EQ(link("/proc/self/root"), "/");
        EXPECT_EQ(link("/proc/self/fd/0"), "/dev/null");
        auto const self = std::to_string(user.call(Syscall::getpid));
        EXPECT_EQ(user.read_file("/proc/self/task/" + self + "/comm"), "a name that is \n");
        EXPECT_EQ(user.read_file("/proc/self/task/1/comm"), "error");
        for (auto const* path : {"/proc/self", "/proc/self/task", "/proc/self/fd"}) {
            i64 const directory = user.call(Syscall::open, path, 0);
            UserAddr const names = user.room(2000);
            EXPECT_GT(user.call(Syscall::getdents64, directory, names, 2000), 0) << path;
            EXPECT_EQ(user.call(Syscall::getdents64, directory, names, 2000), 0) << path;
            user.call(Syscall::close, directory);
        }
        constexpr u32 resources = 1 << 24; // CAP_SYS_RESOURCE
        UserAddr const header = user.put_value(std::array<u32, 2>{0x2008'0522, 0});
        UserAddr const sets = user.room(24);
        user.call(Syscall::capget, header, sets);
        auto without = user.get<std::array<u32, 6>>(sets);
        without[0] &= ~resources;
        user.call(Syscall::capset, header, user.put_value(without));
        EXPECT_EQ(write("/proc/self/oom_score_adj", "100"), code(Errno::eacces));
    });
}

} // namespace
