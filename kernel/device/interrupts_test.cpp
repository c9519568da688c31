// Tests of interrupt dispatch: sharing, disconnecting, and handlers that fail.
#include "kernel/device/interrupts.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "libs/base/bug.hpp"

#include <gtest/gtest.h>

#include <new>
#include <string>

namespace {

constexpr auto edge = arch::Trigger::edge;
constexpr auto high = arch::Polarity::high;

/// Each test takes an input of its own.
arch::Irq next_input() {
    static u32 number = 0;
    return arch::Irq{++number};
}

/// Counts its calls and answers as it is told.
struct Counting {
    int calls = 0;
    bool claims = true;
    int bugs = 0; ///< in the next calls
    bool has_no_memory = false;

    static bool call(void* self) {
        auto& counting = *static_cast<Counting*>(self);
        ++counting.calls;
        if (counting.bugs > 0 && counting.bugs-- > 0)
            panic("the handler's bug");
        if (counting.has_no_memory)
            throw std::bad_alloc();
        return counting.claims;
    }
};

void raise(arch::Irq irq, int times = 1) {
    for (int i = 0; i < times; ++i)
        upcall::interrupt(irq);
}

TEST(Interrupts, ReachEveryHandlerThatSharesTheLine) {
    auto const irq = next_input();
    Counting one, other;
    device::InterruptHandler first("one", Counting::call, &one);
    ASSERT_TRUE(first.connect(irq, edge, high));
    {
        device::InterruptHandler second("other", Counting::call, &other);
        ASSERT_TRUE(second.connect(irq, edge, high));
        raise(irq);
        EXPECT_EQ(one.calls, 1);
        EXPECT_EQ(other.calls, 1);
    }
    raise(irq);
    EXPECT_EQ(one.calls, 2);
    EXPECT_EQ(other.calls, 1) << "a handler that is gone is not called";
}

TEST(Interrupts, OfNobodyDoNoHarm) {
    raise(next_input());
    raise(arch::Irq{0xffff'ffff});
}

TEST(Interrupts, AHandlerThatFailsIsCalledAgainAtOnce) {
    auto const irq = next_input();
    Counting unlucky;
    unlucky.bugs = 2;
    device::InterruptHandler handler("unlucky", Counting::call, &unlucky);
    ASSERT_TRUE(handler.connect(irq, edge, high));
    raise(irq);
    EXPECT_EQ(unlucky.calls, 3) << "the event was served";
    unlucky.bugs = 1;
    raise(irq, 2);
    EXPECT_EQ(unlucky.calls, 6) << "it was not stopped, and failures count in a row";
}

TEST(Interrupts, ABugThatRepeatsStopsItsHandlerOnly) {
    auto const irq = next_input();
    Counting good, bad;
    bad.bugs = 100;
    device::InterruptHandler first("good", Counting::call, &good);
    device::InterruptHandler second("bad", Counting::call, &bad);
    ASSERT_TRUE(first.connect(irq, edge, high));
    ASSERT_TRUE(second.connect(irq, edge, high));
    (void)host::take_console();
    raise(irq, 3);
    EXPECT_EQ(good.calls, 3);
    EXPECT_EQ(bad.calls, 3);
    auto const log = host::take_console();
    EXPECT_NE(log.find("bad: its interrupt handler fails: the handler's bug"), std::string::npos);
    EXPECT_NE(log.find("bad: its interrupt handler is stopped"), std::string::npos);
}

TEST(Interrupts, WhoIsStoppedHearsOfItOnce) {
    auto const irq = next_input();

    struct Told : Counting {
        int told = 0;
        bool fails = false;

        static void hear(void* self) {
            auto& heard = *static_cast<Told*>(static_cast<Counting*>(self));
            ++heard.told;
            if (heard.fails)
                panic("a bug in that, too");
        }
    };

    for (bool const fails : {false, true}) {
        Told bad;
        bad.fails = fails;
        device::InterruptHandler handler("bad", Told::call, static_cast<Counting*>(&bad),
                                         Told::hear);
        ASSERT_TRUE(handler.connect(irq, edge, high));
        bad.has_no_memory = true;
        raise(irq);
        EXPECT_EQ(bad.told, 0) << "one lost event is no end";
        bad.bugs = 100;
        bad.has_no_memory = false;
        raise(irq, 3);
        EXPECT_EQ(bad.calls, 4);
        EXPECT_EQ(bad.told, 1);
    }
}

TEST(Interrupts, WithoutMemoryOneEventIsLost) {
    auto const irq = next_input();
    Counting poor;
    poor.has_no_memory = true;
    device::InterruptHandler handler("poor", Counting::call, &poor);
    ASSERT_TRUE(handler.connect(irq, edge, high));
    raise(irq);
    poor.has_no_memory = false;
    raise(irq);
    EXPECT_EQ(poor.calls, 2);
}

TEST(Interrupts, ALineThatNobodyAdmitsToIsMasked) {
    auto const irq = next_input();
    Counting deaf;
    device::InterruptHandler handler("deaf", Counting::call, &deaf);
    ASSERT_TRUE(handler.connect(irq, edge, high));
    (void)host::take_console();
    raise(irq, 9'000); // claimed: these do not count
    deaf.claims = false;
    raise(irq, 9'999);
    EXPECT_EQ(host::take_console().find("is masked"), std::string::npos);
    raise(irq);
    EXPECT_NE(host::take_console().find("is masked"), std::string::npos);
}

TEST(Interrupts, AreCountedUnderTheirHandlersNames) {
    auto const irq = next_input();
    Counting one;
    device::InterruptHandler handler("counted", Counting::call, &one);
    ASSERT_TRUE(handler.connect(irq, edge, high));
    raise(irq, 5);
    Counting other;
    device::InterruptHandler shares("shares", Counting::call, &other);
    ASSERT_TRUE(shares.connect(irq, edge, high));
    u64 seen = 0;
    usize handlers = 0;
    device::for_each_interrupt([&](device::InterruptInfo const& interrupt) {
        if (interrupt.kind != device::InterruptInfo::Kind::input ||
            interrupt.number != static_cast<u32>(irq))
            return;
        handlers = interrupt.handler_count;
        EXPECT_EQ(interrupt.handlers[1], "counted");
        for (auto const& count : interrupt.counts)
            seen += count.load();
    });
    EXPECT_EQ(seen, 5u);
    EXPECT_EQ(handlers, 2u);
}

TEST(Interrupts, MessagesAreLinesOfTheirOwn) {
    Counting one, other;
    device::InterruptHandler first("one", Counting::call, &one);
    device::InterruptHandler second("other", Counting::call, &other);
    auto const message = first.connect_message();
    auto const another = second.connect_message();
    ASSERT_TRUE(message && another);
    raise(message->irq);
    EXPECT_EQ(one.calls, 1);
    EXPECT_EQ(other.calls, 0);
}

TEST(Interrupts, AnInputThatDoesNotExistIsRefused) {
    Counting one;
    device::InterruptHandler handler("lost", Counting::call, &one);
    EXPECT_EQ(handler.connect(arch::Irq{300}, edge, high).error(), Errno::enoent);
}

} // namespace
