// eventfd and timerfd: counting, refusing, readiness.
#include "kernel/vfs/event_file.hpp"

#include "kernel/task/test_machine.hpp"

#include <gtest/gtest.h>

namespace {

using namespace vfs;

constexpr auto nonblocking = OpenFlags(uapi::Open::nonblocking);

Result<u64> take(File& file) {
    u64 value = 0;
    auto sink = mem::Sink::kernel(writable_object_bytes(value));
    TRY(file.read(sink));
    return value;
}

Errno add(File& file, u64 value) {
    auto source = mem::Source::kernel(object_bytes(value));
    auto const written = file.write(source);
    return written ? Errno{} : written.error().code();
}

class EventCounter : public testing::Test {
protected:
    EventCounter() { task::boot_once(); }
};

TEST_F(EventCounter, GivesAllAndWaitsForMore) {
    auto const file = *create_event_counter(3, Counting::all_at_once, nonblocking);
    EXPECT_TRUE(file->poll(nullptr).has(Poll::in));
    EXPECT_EQ(*take(*file), 3u);
    EXPECT_FALSE(file->poll(nullptr).has(Poll::in));
    EXPECT_EQ(take(*file).error(), Errno::eagain);
    EXPECT_EQ(add(*file, 2), Errno{});
    EXPECT_EQ(add(*file, 5), Errno{});
    EXPECT_EQ(*take(*file), 7u);
}

TEST_F(EventCounter, NeverPassesItsLargestValue) {
    auto const file = *create_event_counter(0, Counting::all_at_once, nonblocking);
    EXPECT_EQ(add(*file, UINT64_MAX), Errno::einval);
    EXPECT_EQ(add(*file, UINT64_MAX - 1), Errno{});
    EXPECT_FALSE(file->poll(nullptr).has(Poll::out));
    EXPECT_EQ(add(*file, 1), Errno::eagain);
    EXPECT_EQ(*take(*file), UINT64_MAX - 1);
    EXPECT_TRUE(file->poll(nullptr).has(Poll::out));
}

TEST_F(EventCounter, AsASemaphoreGivesOne) {
    auto const file = *create_event_counter(2, Counting::one_by_one, nonblocking);
    EXPECT_EQ(*take(*file), 1u);
    EXPECT_EQ(*take(*file), 1u);
    EXPECT_EQ(take(*file).error(), Errno::eagain);
}

TEST_F(EventCounter, NeedsRoomForItsNumber) {
    auto const file = *create_event_counter(2, Counting::all_at_once, nonblocking);
    u32 half = 0;
    auto sink = mem::Sink::kernel(writable_object_bytes(half));
    EXPECT_EQ(file->read(sink).error(), Errno::einval);
    EXPECT_EQ(*take(*file), 2u);
}

class TimerFileTest : public EventCounter {};

TEST_F(TimerFileTest, CountsWhatExpired) {
    auto const timer = *create_timer_file(TimerFile::Clock::monotonic, nonblocking);
    EXPECT_EQ(take(*timer).error(), Errno::eagain);
    timer->set({Nanoseconds(1000), Nanoseconds(1)});
    while (!timer->poll(nullptr).has(Poll::in)) {
    }
    EXPECT_GE(*take(*timer), 1u);
    timer->set({{}, Nanoseconds::seconds(3600)});
    EXPECT_EQ(take(*timer).error(), Errno::eagain);
    EXPECT_GT(timer->setting().left, Nanoseconds::seconds(3000));
    EXPECT_EQ(timer->set({}).interval, Nanoseconds());
    EXPECT_EQ(timer->setting().left, Nanoseconds());
}

} // namespace
