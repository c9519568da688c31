// Processes without programs: signals, waiting, groups and descriptors on made-up trees.
#include "kernel/process/family_fixture.hpp"

using namespace process;

namespace {

constexpr u64 some_handler = 0x1000;

} // namespace

TEST_F(Family, AFatalSignalDoomsEveryThreadAtOnce) {
    auto one = child();
    ASSERT_TRUE(send_to(one, Signal::term));
    EXPECT_TRUE(one.thread->has(Work::die));
    EXPECT_TRUE(one.process->exiting);
    EXPECT_EQ(one.process->exit_status.signal(), 15);
}

TEST_F(Family, AHandledSignalWaitsForItsThread) {
    auto one = child();
    set_action(one, Signal::term, some_handler);
    ASSERT_TRUE(send_to(one, Signal::term));
    EXPECT_FALSE(one.process->exiting);
    EXPECT_TRUE(one.thread->has(Work::signal));
    EXPECT_TRUE(one.process->pending.set().has(Signal::term));
}

TEST_F(Family, IgnoredSignalsVanishButBlockedOnesStay) {
    auto one = child();
    ASSERT_TRUE(send_to(one, Signal::chld));
    EXPECT_TRUE(one.process->pending.set().empty());
    set_blocked(*one.thread, SignalSet{Signal::chld});
    ASSERT_TRUE(send_to(one, Signal::chld));
    EXPECT_TRUE(one.process->pending.set().has(Signal::chld));
    EXPECT_FALSE(one.thread->interrupted(ksync::Wait::interruptible));
    set_blocked(*one.thread, SignalSet{});
    EXPECT_TRUE(one.thread->interrupted(ksync::Wait::interruptible));
    EXPECT_FALSE(one.thread->interrupted(ksync::Wait::killable));
}

TEST_F(Family, InitIsNotKilledBySignalsItDoesNotHandle) {
    ASSERT_TRUE(send_to(init_, Signal::kill));
    EXPECT_FALSE(init_.process->exiting);
    EXPECT_FALSE(init_.thread->has(Work::die));
}

TEST_F(Family, InitMayWaitForSignalsThatItBlocks) {
    set_blocked(*init_.thread, SignalSet{Signal::chld, Signal::term});
    ASSERT_TRUE(send_to(init_, Signal::chld));
    ASSERT_TRUE(send_to(init_, Signal::term));
    EXPECT_FALSE(init_.process->exiting);
    EXPECT_TRUE(init_.process->pending.set().has(Signal::chld));
    EXPECT_TRUE(init_.process->pending.set().has(Signal::term));
}

TEST_F(Family, ContinueCancelsPendingStopsAndTheReverse) {
    auto one = child();
    set_blocked(*one.thread, SignalSet{Signal::tstp, Signal::cont});
    ASSERT_TRUE(send_to(one, Signal::tstp));
    ASSERT_TRUE(send_to(one, Signal::cont));
    EXPECT_FALSE(one.process->pending.set().has(Signal::tstp));
    EXPECT_TRUE(one.process->pending.set().has(Signal::cont));
    ASSERT_TRUE(send_to(one, Signal::tstp));
    EXPECT_FALSE(one.process->pending.set().has(Signal::cont));
}

TEST_F(Family, QueuedRealtimeSignalsRespectTheirLimit) {
    auto one = child();
    constexpr Signal realtime{40};
    set_blocked(*one.thread, SignalSet{realtime});
    one.process->set_limit(uapi::Limit::pending_signals, {2, 2});
    EXPECT_TRUE(send_to(one, realtime, uapi::si_queue));
    EXPECT_TRUE(send_to(one, realtime, uapi::si_queue));
    EXPECT_EQ(send_to(one, realtime, uapi::si_queue).error(), Errno::eagain);
}

TEST_F(Family, WaitReportsAnEndOnce) {
    EXPECT_EQ(wait_now().error(), Errno::echild);
    auto one = child();
    auto const nothing = wait_now();
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    end(one, Status::exited(3));
    auto const report = wait_now();
    ASSERT_TRUE(report && *report);
    EXPECT_EQ((*report)->pid, one.process->id());
    EXPECT_EQ((*report)->status.encoded(), 0x300);
    EXPECT_EQ(wait_now().error(), Errno::echild);
    EXPECT_EQ(pid_space().find_process(one.process->id()), nullptr);
}

TEST_F(Family, LookingAtAZombieLeavesIt) {
    auto one = child();
    end(one, Status::killed(Signal::segv));
    auto const keep = std::to_underlying(uapi::WaitOption::no_wait);
    EXPECT_EQ((*wait_now(keep))->code, uapi::cld_killed);
    EXPECT_EQ((*wait_now())->status.signal(), 11);
}

TEST_F(Family, AKernelBugHasAStatusThatNothingElseHas) {
    auto one = child();
    kill_by_bug(*one.thread, "a test", "provoked");
    EXPECT_TRUE(one.thread->has(Work::die));
    EXPECT_EQ(one.process->exit_status.encoded(), 0x89);
    end(one, one.process->exit_status);
    auto const report = wait_now();
    ASSERT_TRUE(report && *report);
    EXPECT_EQ((*report)->code, uapi::cld_dumped);
    EXPECT_EQ((*report)->status.signal(), 9);
}

TEST_F(Family, AKernelBugSparesInitButNotForEver) {
    for (int i = 0; i < 100; ++i)
        EXPECT_FALSE(kill_by_bug(*init_.thread, "a test", "provoked"));
    EXPECT_FALSE(init_.thread->has(Work::die));
    EXPECT_TRUE(kill_by_bug(*init_.thread, "a test", "provoked"));
    EXPECT_TRUE(init_.thread->has(Work::die));
}

TEST_F(Family, StopsAreReportedOnlyWhenAskedFor) {
    auto one = child();
    {
        auto tree = pid_space().lock();
        report_event(tree, *one.process, Process::Event::stopped, Signal::tstp);
    }
    EXPECT_FALSE(*wait_now());
    auto const report = wait_now(std::to_underlying(uapi::WaitOption::stopped));
    ASSERT_TRUE(report && *report);
    EXPECT_EQ((*report)->status.encoded(), 0x147f);
    EXPECT_FALSE(*wait_now(std::to_underlying(uapi::WaitOption::stopped)));
}

TEST_F(Family, GroupsAndSessions) {
    auto one = child();
    auto two = child();
    auto& init = *init_.process;
    EXPECT_TRUE(set_group(init, one.process->id(), Pid{}));
    EXPECT_TRUE(set_group(init, two.process->id(), one.process->id()));
    EXPECT_EQ(two.process->group->members.size(), 2u);
    EXPECT_EQ(set_group(init, two.process->id(), Pid{999}).error(), Errno::eperm);
    EXPECT_EQ(set_group(*one.process, two.process->id(), Pid{}).error(), Errno::esrch);
    EXPECT_EQ(start_session(*one.process).error(), Errno::eperm); // it leads a group
    EXPECT_TRUE(start_session(*two.process));
    EXPECT_EQ(two.process->group->session->id, two.process->id());
    EXPECT_EQ(set_group(*two.process, Pid{}, Pid{}).error(), Errno::eperm);
    two.process->has_execed = true;
    EXPECT_EQ(set_group(init, two.process->id(), Pid{}).error(), Errno::eperm);
}

TEST_F(Family, ReservedDescriptorsComeBackUnlessInstalled) {
    auto& files = init_.thread->files();
    {
        auto const first = files.reserve(4);
        auto const second = files.reserve(4);
        ASSERT_TRUE(first && second);
        EXPECT_EQ(first->number(), Fd{0});
        EXPECT_EQ(second->number(), Fd{1});
        EXPECT_EQ(files.find(Fd{0}).error(), Errno::ebadf); // reserved is not open
    }
    EXPECT_EQ(files.reserve(4)->number(), Fd{0});
    EXPECT_EQ(files.reserve(4, OnExec::keep, 3)->number(), Fd{3});
    EXPECT_EQ(files.reserve(4, OnExec::keep, 4).error(), Errno::einval);
    EXPECT_EQ(files.reserve(0).error(), Errno::emfile);
    EXPECT_EQ(files.close(Fd{-1}).error(), Errno::ebadf);
}

TEST(Status, IsEncodedAsWaitReturnsIt) {
    EXPECT_EQ(Status::exited(256 + 7).encoded(), 0x700);
    EXPECT_EQ(Status::killed(Signal::kill).encoded(), 9);
    EXPECT_EQ(Status::stopped(Signal::ttin).encoded(), 0x157f);
    EXPECT_EQ(Status::continued().encoded(), 0xffff);
}
