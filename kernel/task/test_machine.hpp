// Host tests that need a scheduler: boots one CPU of the host machine; a main() for tests that
// sleep.
#pragma once

#include "kernel/arch/api/timer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/task/scheduler.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace task {

/// The calling host thread becomes the CPU's idle thread, which must not sleep.
inline void boot_once() {
    static bool const booted = [] {
        mem::initialise_frames();
        initialise_this_cpu();
        return true;
    }();
    static_cast<void>(booted);
}

/// Runs the tests in a thread of their own, so that they may sleep. Does not return.
inline int run_tests_on_machine(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    boot_once();
    auto const tests = Thread::create("tests", [](void*) { std::exit(RUN_ALL_TESTS()); }, nullptr);
    (*tests)->start();
    idle();
}

/// Sleeps until `condition` holds; false after 20 seconds.
template <class Condition>
bool eventually(Condition condition) {
    auto const deadline = arch::now() + Nanoseconds::seconds(20);
    while (!condition()) {
        if (arch::now() > deadline)
            return false;
        (void)sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
    return true;
}

} // namespace task
