// The kernel's C++ runtime in this program: it is what throws and catches, and faults become bugs.
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"
#include "libs/hosttest/throw_faults.hpp"

#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

bool nothing_left() {
    auto const& state = runtime::eh_state();
    return state.caught == nullptr && state.uncaught == 0 && state.bugs == 0 &&
           state.used_slots.load() == 0;
}

struct Counts {
    int& count;

    ~Counts() { ++count; }
};

int volatile* volatile nowhere = nullptr;
int volatile zero = 0;

[[gnu::noinline]] void fault_while_holding(int& destroyed, int kind) {
    Counts const guard{destroyed}; // no call follows: only GCC gives the fault a landing pad
    if (kind == 0)
        *nowhere = 1;
    else
        zero = 1 / zero;
}

[[gnu::noinline]] void fault_in_noexcept() noexcept {
    *nowhere = 1;
}

[[gnu::noinline]] VITAL void panic_in_vital() noexcept {
    panic("on purpose");
}

} // namespace

TEST(HostRuntime, ThrowsByTheKernelsUnwinder) {
    std::size_t slots = 0;
    try {
        throw 42;
    } catch (int value) {
        EXPECT_EQ(value, 42);
        slots = runtime::eh_state().used_slots.load(); // taken from the reserve of this thread
    }
    EXPECT_EQ(slots, 1u);
    EXPECT_TRUE(nothing_left());
}

TEST(HostRuntime, LibrariesThrowThroughItToo) {
    std::vector<int> none;
    EXPECT_THROW((void)none.at(1), KernelBug); // the kernel's: out of range is a bug
    EXPECT_THROW(std::stoi("no number"), KernelBug);
    EXPECT_TRUE(nothing_left());
}

TEST(HostRuntime, FaultsRunTheLandingPadsOfTheFaultingFrame) {
    hosttest::throw_faults();
    for (int kind = 0; kind < 2; ++kind) {
        int destroyed = 0;
        for (int i = 0; i < 100; ++i) {
            try {
                fault_while_holding(destroyed, kind);
            } catch (KernelBug const& bug) {
                EXPECT_STREQ(bug.what, kind == 0 ? "null pointer" : "divide error");
                EXPECT_NE(bug.instruction, 0u);
            }
        }
        EXPECT_EQ(destroyed, 100);
    }
    EXPECT_TRUE(nothing_left());
}

TEST(HostRuntime, FaultsSkipFramesWithoutLandingPads) {
    hosttest::throw_faults();
    int destroyed = 0;
    void (*volatile call)() = fault_in_noexcept;
    void (*volatile wild)() = nullptr;
    for (auto* const one : {call, wild}) {
        try {
            Counts const guard{destroyed};
            one();
        } catch (KernelBug const& bug) {
            EXPECT_STREQ(bug.what, "null pointer");
        }
    }
    EXPECT_EQ(destroyed, 2);
    EXPECT_TRUE(nothing_left());
}

TEST(HostRuntime, ThreadsHaveTheirOwnState) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            for (int round = 0; round < 1000; ++round) {
                try {
                    throw round;
                } catch (int caught) {
                    EXPECT_EQ(caught, round);
                }
            }
            EXPECT_TRUE(nothing_left());
        });
    for (auto& thread : threads)
        thread.join();
}

TEST(HostRuntimeDeathTest, BugsInVitalCodeHalt) {
    void (*volatile call)() = panic_in_vital;
    EXPECT_DEATH(
        {
            try {
                call();
            } catch (KernelBug const&) {
            }
        },
        "halt: a bug in vital code");
}
