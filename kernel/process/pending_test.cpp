// Which pending signal comes next, and what is merged, queued and dropped.
#include "kernel/process/pending.hpp"

#include <gtest/gtest.h>

using namespace process;

namespace {

constexpr SignalSet every(~u64{0});
constexpr Signal realtime{34};

Box<QueuedSignal> with_value(Signal signal, u64 value) {
    uapi::SigInfo info{};
    info.signo = std::to_underlying(signal);
    info.sender.value = value;
    return make<QueuedSignal>(info);
}

void add(Pending& pending, Signal signal, u64 value = 0) {
    pending.add(signal, with_value(signal, value));
}

} // namespace

TEST(Pending, SynchronousSignalsComeFirstThenTheLowest) {
    Pending pending;
    add(pending, Signal::hup);
    add(pending, Signal::term);
    add(pending, Signal::segv);
    EXPECT_EQ(pending.take(every)->signo, 11);
    EXPECT_EQ(pending.take(every)->signo, 1);
    EXPECT_EQ(pending.take(every)->signo, 15);
    EXPECT_FALSE(pending.take(every));
}

TEST(Pending, BlockedSignalsStay) {
    Pending pending;
    add(pending, Signal::interrupt);
    EXPECT_FALSE(pending.take(SignalSet{Signal::term}));
    EXPECT_TRUE(pending.set().has(Signal::interrupt));
}

TEST(Pending, OrdinarySignalsMergeRealtimeOnesQueueInOrder) {
    Pending pending;
    add(pending, Signal::usr1);
    EXPECT_TRUE(pending.merges(Signal::usr1));
    EXPECT_FALSE(pending.merges(realtime));
    for (u64 value = 1; value <= 3; ++value)
        add(pending, realtime, value);
    EXPECT_EQ(pending.take(every)->signo, 10);
    for (u64 value = 1; value <= 3; ++value) {
        EXPECT_TRUE(pending.set().has(realtime));
        EXPECT_EQ(pending.take(every)->sender.value, value);
    }
    EXPECT_TRUE(pending.set().empty());
}

TEST(Pending, ASignalWithoutDetailsIsStillDelivered) {
    Pending pending;
    pending.add(Signal::term, nullptr);
    auto const info = pending.take(every);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->signo, 15);
    EXPECT_EQ(info->code, 0);
}

TEST(Pending, DroppingForgetsDetailsToo) {
    Pending pending;
    add(pending, Signal::tstp);
    add(pending, Signal::cont);
    add(pending, realtime, 1);
    add(pending, realtime, 2);
    pending.drop(stop_signals | SignalSet{realtime});
    EXPECT_EQ(pending.queued(), 1u);
    EXPECT_EQ(pending.take(every)->signo, 18);
}

TEST(SignalSet, KillAndStopCannotBeBlocked) {
    EXPECT_TRUE(every.without(unblockable).has(Signal::term));
    EXPECT_FALSE(every.without(unblockable).has(Signal::kill));
    EXPECT_FALSE(every.without(unblockable).has(Signal::stop));
}
