// Tests of the scheduler on the host machine: four CPUs, and teams of threads.
#pragma once

#include "kernel/arch/api/timer.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>

namespace task_test {

using namespace task;
using ksync::Rank;
using ksync::Wait;

inline constexpr usize cpus = 4;

/// A set of threads that a test starts and waits for.
class Team {
public:
    ~Team() { join(); }

    Ref<Thread> start(std::function<void()> work) {
        auto* const member = new Member{this, std::move(work)};
        running_.fetch_add(1);
        auto thread = Thread::create("member", run, member);
        EXPECT_TRUE(thread.has_value());
        (*thread)->start();
        return *thread;
    }

    void join() {
        EXPECT_TRUE(
            ended_.wait([&] { return running_.load() == 0; }, Wait::uninterruptible).has_value());
        (void)leaving_.lock(); // the last member is out of wake_all()
    }

private:
    struct Member {
        Team* team;
        std::function<void()> work;
    };

    static void run(void* opaque) {
        auto* const member = static_cast<Member*>(opaque);
        member->work();
        Team& team = *member->team;
        delete member;
        auto const guard = team.leaving_.lock();
        team.running_.fetch_sub(1);
        team.ended_.wake_all();
    }

    std::atomic<int> running_{0};
    ksync::WaitQueue ended_;
    ksync::SleepLocked<int, Rank::process> leaving_{0};
};

/// Runs `body` in a kernel thread while the host thread that calls is the first CPU's idle thread.
void on_machine(std::function<void()> body);

inline CpuSet only(usize cpu) {
    CpuSet set;
    set.set(cpu);
    return set;
}

inline void spin_for(Nanoseconds time) {
    Nanoseconds const end = arch::now() + time;
    while (arch::now() < end)
        arch::relax();
}

} // namespace task_test
