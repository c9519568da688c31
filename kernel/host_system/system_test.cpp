// Programs in a whole system: that they live, see each other, and end as on the machine.
#include "kernel/host_system/system.hpp"

#include "abi/fcntl.hpp"
#include "abi/signal.hpp"

#include <gtest/gtest.h>

using namespace host_system;

namespace {

constexpr int exited(int code) {
    return code << 8;
}

TEST(System, AProgramExits) {
    EXPECT_EQ(run([](User& user) { user.call(Syscall::exit_group, 7); }).status, exited(7));
    EXPECT_EQ(run([](User&) {}).status, exited(0));
}

TEST(System, FilesAreThere) {
    static std::string text;
    run([](User& user) {
        i64 const fd = user.call(Syscall::open, "/link/text", 0);
        UserAddr const room = user.room(100);
        text = user.text_at(room, static_cast<usize>(user.call(Syscall::read, fd, room, 100)));
    });
    EXPECT_EQ(text, "The first line.\nThe second line.\n");
}

TEST(System, AChildTalksThroughAPipe) {
    static i64 count, child, waited;
    static int status;
    auto const outcome = run([](User& user) {
        UserAddr const ends = user.room(8);
        user.call(Syscall::pipe, ends);
        UserAddr const writer = place_code([ends](User& mine) {
            mine.call(Syscall::write, mine.get<int>(ends + 4), "hello", 5);
            mine.call(Syscall::exit_group, 3);
        });
        child = user.fork(writer);
        count = user.call(Syscall::read, user.get<int>(ends), user.room(10), 10);
        UserAddr const result = user.room(4);
        waited = user.call(Syscall::wait4, -1, result, 0, 0);
        status = user.get<int>(result);
    });
    EXPECT_FALSE(outcome.killed);
    EXPECT_EQ(count, 5);
    EXPECT_EQ(waited, child);
    EXPECT_EQ(status, exited(3));
}

TEST(System, WhoSleepsForEverIsKilled) {
    auto const outcome = run([](User& user) { user.call(Syscall::pause); });
    EXPECT_TRUE(outcome.killed);
    EXPECT_EQ(outcome.status, std::to_underlying(uapi::Signal::kill));
}

TEST(System, SleepingTakesNoTime) {
    EXPECT_FALSE(run([](User& user) {
                     i64 const hour[] = {3600, 0};
                     user.call(Syscall::nanosleep, user.put_value(hour), 0);
                 }).killed);
}

TEST(System, AHandlerRunsAndReturns) {
    static u64 seen;
    static i64 result;
    seen = 0;
    run([](User& user) {
        UserAddr const handler = place_code([](User& inside) { seen = inside.first_argument(); });
        u64 const action[] = {handler.value(), 0x0400'0000, text.value(), 0};
        user.call(Syscall::rt_sigaction, uapi::Signal::usr1, user.put_value(action), 0, 8);
        user.call(Syscall::kill, user.call(Syscall::getpid), uapi::Signal::usr1);
        user.call(Syscall::alarm, 5);
        result = user.call(Syscall::kill, 0, 0);
    });
    EXPECT_EQ(seen, 10u);
    EXPECT_EQ(result, 0);
}

TEST(System, AJumpIntoNothingIsASegmentationFault) {
    EXPECT_EQ(run([](User& user) {
                  u64 const action[] = {0x1234'5000, 0x0400'0000, text.value(), 0};
                  user.call(Syscall::rt_sigaction, 10, user.put_value(action), 0, 8);
                  user.call(Syscall::kill, user.call(Syscall::getpid), 10);
              }).status,
              std::to_underlying(uapi::Signal::segv));
}

} // namespace
