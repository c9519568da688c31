// Tests of waiting on many queues at once.
#include "kernel/vfs/poll.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/task/test_machine.hpp"

#include <gtest/gtest.h>

namespace {

class PollTest : public testing::Test {
protected:
    PollTest() { task::boot_once(); }

    /// Whether a wait that may not take any time ends by a wake-up.
    static bool is_woken(vfs::PollWaiter& waiter) {
        auto const result = waiter.wait(arch::now());
        EXPECT_TRUE(result || result.error() == Errno::etimedout);
        return result.has_value();
    }

    ksync::WaitQueue one_;
    ksync::WaitQueue other_;
};

TEST_F(PollTest, AWakeUpBeforeTheWaitIsNotLost) {
    vfs::PollWaiter waiter;
    waiter.watch(one_);
    waiter.watch(other_);
    other_.wake_all();
    EXPECT_TRUE(is_woken(waiter));
    EXPECT_FALSE(is_woken(waiter)) << "each wake-up ends one wait";
    one_.wake_all();
    EXPECT_TRUE(is_woken(waiter));
}

TEST_F(PollTest, WakeUpsBeforeWatchingDoNotCount) {
    vfs::PollWaiter waiter;
    one_.wake_all();
    waiter.watch(one_);
    EXPECT_FALSE(is_woken(waiter));
}

TEST_F(PollTest, SeveralWaitersShareAQueue) {
    vfs::PollWaiter first;
    first.watch(one_);
    {
        vfs::PollWaiter second;
        second.watch(one_);
        one_.wake_all();
        EXPECT_TRUE(is_woken(first));
        EXPECT_TRUE(is_woken(second));
    }
    one_.wake_all(); // the second is gone
    EXPECT_TRUE(is_woken(first));
}

TEST_F(PollTest, OneQueueMayBeWatchedTwice) {
    vfs::PollWaiter waiter;
    waiter.watch(one_); // as for two descriptors of one file
    waiter.watch(one_);
    one_.wake_all();
    EXPECT_TRUE(is_woken(waiter));
    EXPECT_FALSE(is_woken(waiter));
}

} // namespace
