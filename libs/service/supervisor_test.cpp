// The supervisor in a world of which the tests are the kernel: starts, ends, time.
#include "libs/service/supervisor.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace service;
using namespace std::string_literals;

class TestWorld final : public World {
public:
    Started start(Service const& service, u32 number) override {
        events.push_back("start " + std::string(service.unit.name.view()));
        if (refuse.contains(std::string(service.unit.name.view())))
            return {0, refuse[std::string(service.unit.name.view())], false};
        processes[next_process] = number;
        return {next_process++, {}, false};
    }

    void signal(Service const& service, int signal) override {
        events.push_back("signal " + std::to_string(signal) + " " +
                         std::string(service.unit.name.view()));
    }

    bool ready_file_is_there(Service const&, u32) override { return file_is_there; }

    void say(Level, std::string_view text) override { said.emplace_back(text); }

    std::vector<std::string> take() { return std::exchange(events, {}); }

    bool has_said(std::string_view text) const {
        for (auto const& line : said)
            if (line.find(text) != line.npos)
                return true;
        return false;
    }

    std::vector<std::string> events;
    std::vector<std::string> said;
    std::map<std::string, char const*> refuse;
    std::map<int, u32> processes;
    int next_process = 100;
    bool file_is_there = false;
};

using Events = std::vector<std::string>;

struct SupervisorTest : testing::Test {
    void load(std::vector<std::pair<std::string, std::string>> const& list) {
        Vector<Unit> all;
        for (auto const& [name, more] : list)
            all.push_back(parse_unit(name, "command = ['a']\n" + more));
        supervisor.load(std::move(all), now);
        supervisor.boot(now);
    }

    u32 number(char const* name) { return *supervisor.find(name); }

    Service const& service(char const* name) { return supervisor.services()[number(name)]; }

    State state(char const* name) { return service(name).state; }

    void end(char const* name, int status = 0) {
        supervisor.ended(number(name), {End::How::exit, status}, now);
    }

    void kill(char const* name) { supervisor.ended(number(name), {End::How::signal, 9}, now); }

    void ready(char const* name) { supervisor.ready(number(name), now); }

    void pass(i64 milliseconds) {
        now += Nanoseconds::milliseconds(milliseconds);
        supervisor.tick(now);
    }

    TestWorld world;
    Supervisor supervisor{world};
    Nanoseconds now = Nanoseconds::seconds(1);
};

TEST_F(SupervisorTest, StartsInOrderWhenReady) {
    load({{"a", "needs = ['b']"}, {"b", "ready = 'notify'"}, {"c", "after = ['a']"}});
    EXPECT_EQ(world.take(), Events{"start b"});
    EXPECT_EQ(state("a"), State::waiting);
    ready("b");
    EXPECT_EQ(world.take(), (Events{"start a", "start c"}));
    EXPECT_EQ(state("c"), State::running);
}

TEST_F(SupervisorTest, TasksAreReadyAtTheirEnd) {
    load({{"a", "needs = ['task']"},
          {"task", "ready = 'exit'"},
          {"b", "needs = ['bad']"},
          {"bad", "ready = 'exit'"},
          {"c", "after = ['bad']"}});
    EXPECT_EQ(world.take(), (Events{"start task", "start bad"}));
    end("task");
    EXPECT_EQ(state("task"), State::done);
    EXPECT_EQ(world.take(), Events{"start a"});
    end("bad", 3);
    EXPECT_EQ(state("bad"), State::failed);
    EXPECT_EQ(state("b"), State::failed);
    EXPECT_EQ(service("b").why, "it needs 'bad', which is failed");
    EXPECT_EQ(world.take(), Events{"start c"});
}

TEST_F(SupervisorTest, RestartsWithBackOff) {
    load({{"a", "restart-limit = 2"}});
    world.take();
    kill("a");
    EXPECT_EQ(state("a"), State::resting);
    pass(99);
    EXPECT_EQ(world.take(), Events{});
    EXPECT_EQ(supervisor.next_tick(now), now + Nanoseconds::milliseconds(1));
    pass(1);
    EXPECT_EQ(world.take(), Events{"start a"});
    kill("a");
    pass(200);
    EXPECT_EQ(world.take(), Events{"start a"});
    kill("a");
    EXPECT_EQ(state("a"), State::failed);
    EXPECT_TRUE(world.has_said("a: crash loop: was killed by signal 9 after 0ms, and 2 restarts in "
                               "a row did not help; given up"));
    supervisor.start(number("a"), now);
    EXPECT_EQ(world.take(), Events{"start a"});
}

TEST_F(SupervisorTest, FilesTellReadiness) {
    load({{"a", "ready = '/x'"}});
    EXPECT_EQ(state("a"), State::starting);
    EXPECT_EQ(supervisor.next_tick(now), now + Nanoseconds::milliseconds(20));
    pass(20);
    EXPECT_EQ(state("a"), State::starting);
    world.file_is_there = true;
    pass(20);
    EXPECT_EQ(state("a"), State::running);
    EXPECT_EQ(supervisor.next_tick(now), Nanoseconds::never());
}

TEST_F(SupervisorTest, LateOnesAreEndedAndStartAgain) {
    load({{"a", "ready = 'notify'\nready-within = '1s'\nstop-within = '2s'"}});
    world.take();
    pass(1000);
    EXPECT_EQ(world.take(), Events{"signal 15 a"});
    ready("a"); // too late
    EXPECT_EQ(state("a"), State::stopping);
    pass(2000);
    EXPECT_EQ(world.take(), Events{"signal 9 a"});
    kill("a");
    EXPECT_EQ(state("a"), State::resting);
    EXPECT_EQ(service("a").last.how, End::How::late);
    pass(100);
    EXPECT_EQ(world.take(), Events{"start a"});
}

TEST_F(SupervisorTest, WhatCannotBeStartedFailsAtOnce) {
    world.refuse["a"] = "/bin/a: No such file or directory";
    load({{"a", ""}, {"b", "needs = ['a']"}});
    EXPECT_EQ(state("a"), State::failed);
    EXPECT_EQ(service("a").why, "could not be started: /bin/a: No such file or directory");
    EXPECT_EQ(state("b"), State::failed);
}

TEST_F(SupervisorTest, StopsThoseThatNeedItFirst) {
    load({{"a", ""}, {"b", "needs = ['a']"}, {"c", "after = ['a']"}});
    world.take();
    supervisor.stop(number("a"), now);
    EXPECT_EQ(world.take(), Events{"signal 15 b"});
    end("b");
    EXPECT_EQ(world.take(), Events{"signal 15 a"});
    kill("a");
    EXPECT_EQ(state("a"), State::stopped);
    EXPECT_EQ(state("c"), State::running);
    supervisor.start(number("b"), now);
    EXPECT_EQ(world.take(), (Events{"start a", "start b"}));
}

TEST_F(SupervisorTest, RestartLeavesOthersAlone) {
    load({{"a", ""}, {"b", "needs = ['a']"}});
    world.take();
    supervisor.restart(number("a"), now);
    EXPECT_EQ(world.take(), Events{"signal 15 a"});
    end("a");
    EXPECT_EQ(world.take(), Events{"start a"});
    EXPECT_EQ(service("a").restarts, 0U);
    // A start while it stops, too.
    supervisor.stop(number("b"), now);
    supervisor.start(number("b"), now);
    end("b");
    EXPECT_EQ(world.take(), (Events{"signal 15 b", "start b"}));
}

TEST_F(SupervisorTest, ShutsDownInOrderAndStartsNothing) {
    load({{"a", ""},
          {"b", "after = ['a']"},
          {"c", "needs = ['b']"},
          {"d", ""},
          {"w", "needs = ['n']"},
          {"n", "ready = 'notify'"}});
    world.take();
    kill("d");
    supervisor.shut_down(now);
    EXPECT_EQ(world.take(), (Events{"signal 15 c", "signal 15 n"}));
    EXPECT_EQ(state("d"), State::stopped);
    end("c");
    end("n");
    EXPECT_EQ(world.take(), Events{"signal 15 b"});
    pass(5000);
    EXPECT_EQ(world.take(), Events{"signal 9 b"});
    kill("b");
    EXPECT_FALSE(supervisor.all_stopped());
    supervisor.start(number("d"), now);
    end("a");
    EXPECT_TRUE(supervisor.all_stopped());
    EXPECT_EQ(world.take(), Events{"signal 15 a"});
}

TEST_F(SupervisorTest, AnEndCanEndTheSystem) {
    load({{"shell", "at-end = 'shutdown'\nrestart = 'crash'"}});
    kill("shell");
    EXPECT_FALSE(supervisor.wish_to_shut_down());
    pass(100);
    end("shell", 3);
    ASSERT_TRUE(supervisor.wish_to_shut_down());
    EXPECT_EQ(supervisor.wish_to_shut_down()->as_exit_code(), 3);
    world.refuse["other"] = "no";
}

TEST_F(SupervisorTest, LoadingAgain) {
    load({{"a", ""}, {"b", ""}});
    world.take();
    load({{"a", "user = 3"}, {"c", "needs = ['b']"}});
    EXPECT_EQ(state("a"), State::running); // as it was started
    EXPECT_EQ(state("b"), State::running);
    EXPECT_EQ(state("c"), State::broken);
    kill("a");
    pass(100);
    EXPECT_EQ(state("a"), State::broken);
    load({{"a", ""}, {"b", ""}, {"c", "needs = ['b']"}, {"d", ""}});
    EXPECT_EQ(state("a"), State::stopped);
    EXPECT_EQ(state("c"), State::stopped);
    EXPECT_EQ(world.take(), Events{"start d"});
}

TEST_F(SupervisorTest, ManyServicesThatCrashAtRandom) {
    std::mt19937 random(7); // NOLINT: the same each time
    std::vector<std::pair<std::string, std::string>> list;
    for (int i = 0; i < 300; ++i) {
        auto more = i % 3 == 0 ? "ready = 'notify'\nready-within = '1s'\n"s : ""s;
        more += "restart-limit = 0\nrestart-delay-limit = '1s'\nstop-within = '1s'\n";
        if (i > 10)
            more += "needs = ['s" + std::to_string(random() % static_cast<unsigned>(i)) + "']\n";
        list.emplace_back("s" + std::to_string(i), more);
    }
    load(list);
    auto const alive = [&] {
        std::vector<u32> numbers;
        for (u32 i = 0; i < supervisor.services().size(); ++i)
            if (has_process(supervisor.services()[i].state))
                numbers.push_back(i);
        return numbers;
    };
    for (int round = 0; round < 3000; ++round) {
        auto const running = alive();
        ASSERT_FALSE(running.empty());
        u32 const victim = running[random() % running.size()];
        if (random() % 3 != 0)
            supervisor.ready(victim, now);
        else
            supervisor.ended(victim, {End::How::signal, 11}, now);
        pass(random() % 50);
    }
    supervisor.shut_down(now);
    for (int round = 0; round < 1000 && !supervisor.all_stopped(); ++round) {
        for (u32 const number : alive())
            if (supervisor.services()[number].state == State::stopping)
                supervisor.ended(number, {End::How::signal, 15}, now);
        pass(10);
    }
    EXPECT_TRUE(supervisor.all_stopped());
    for (auto const& service : supervisor.services())
        EXPECT_EQ(service.state, State::stopped) << service.unit.name.view();
}

} // namespace
