// Unit files: what they may say, and how mistakes are told.
#include "libs/service/graph.hpp"
#include "libs/service/log_ring.hpp"
#include "libs/service/request.hpp"
#include "libs/service/restart.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace service;

std::string problems_of(std::string_view text) {
    auto const unit = parse_unit("x", text);
    std::string all;
    for (auto const& problem : unit.problems)
        all += std::string(problem_text("x", problem).view()) + "\n";
    return all;
}

TEST(Unit, EveryKey) {
    auto const unit = parse_unit("crond", R"(# a remark
description = "runs \"jobs\" \u00e9\t"   # and one behind it
command = ["/bin/crond",   # the program
           'C:\as it is',
           "-f",]
needs = ["logd", "net.up"]
after = ["mounts"]
environment = ["A=b", "C="]
directory = "/tmp"
user = "nobody"
input = "/dev/null"
output = "/tmp/o"
error = "/tmp/e"
ready = "/run/crond.pid"
ready-within = "250ms"
restart = "failure"
restart-delay = "2s"
restart-delay-limit = "5m"
restart-limit = 0
steady-after = "24h"
stop-signal = "HUP"
stop-within = "1h"
start = "demand"
at-end = "shutdown"
log = "memory"
)");
    ASSERT_TRUE(unit.problems.empty()) << problem_text("crond", unit.problems[0]).view();
    EXPECT_EQ(unit.description, "runs \"jobs\" \xc3\xa9\t");
    ASSERT_EQ(unit.command.size(), 3U);
    EXPECT_EQ(unit.command[1], "C:\\as it is");
    ASSERT_EQ(unit.needs.size(), 2U);
    EXPECT_EQ(unit.needs[1].name, "net.up");
    EXPECT_EQ(unit.needs[1].line, 6U);
    EXPECT_EQ(unit.ready, Ready::file);
    EXPECT_EQ(unit.ready_file, "/run/crond.pid");
    EXPECT_EQ(unit.ready_within, Nanoseconds::milliseconds(250));
    EXPECT_EQ(unit.restart, Restart::failure);
    EXPECT_EQ(unit.restart_delay_limit, Nanoseconds::seconds(300));
    EXPECT_EQ(unit.restart_limit, 0U);
    EXPECT_EQ(unit.stop_signal, 1);
    EXPECT_EQ(unit.start, Start::demand);
    EXPECT_EQ(unit.at_end, AtEnd::shutdown);
    EXPECT_EQ(unit.log, Log::memory);
}

TEST(Unit, DefaultsOfDaemonsAndTasks) {
    EXPECT_EQ(parse_unit("x", "command = ['a']\r\n").restart, Restart::always);
    auto const task = parse_unit("x", "ready = 'exit'\ncommand = ['a']");
    EXPECT_TRUE(task.problems.empty());
    EXPECT_EQ(task.restart, Restart::never);
}

TEST(Unit, MistakesNameLineKeyAndWhatIsAllowed) {
    EXPECT_EQ(problems_of("command = ['a']\nrestart = 'sometimes'"),
              "x.toml:2: restart = \"sometimes\": allowed are \"always\", \"failure\", \"crash\", "
              "\"never\"\n");
    EXPECT_EQ(problems_of("comand = ['a']").substr(0, 63),
              "x.toml:1: comand: there is no such key; allowed are after, at-e");
    EXPECT_EQ(problems_of("command = 'a'"),
              "x.toml:1: command: a list as [\"one\", \"two\"] is allowed\n");
    EXPECT_EQ(problems_of("command = ['a']\ncommand = ['b']"),
              "x.toml:2: command: stands in line 1 already\n");
    EXPECT_EQ(problems_of("command = ['a']\nready = 'soon'"),
              "x.toml:2: ready = \"soon\": allowed are \"start\", \"exit\", \"notify\", "
              "\"/path/of/a/file\"\n");
    EXPECT_EQ(
        problems_of("command = ['a']\nneeds = ['A b']"),
        "x.toml:2: needs: names of units are allowed: a-z 0-9 - _ . and at most 32 of them\n");
    EXPECT_EQ(problems_of("command = ['a']\nneeds = ['x']"),
              "x.toml:2: needs: a unit cannot wait for itself\n");
    EXPECT_EQ(problems_of(""), "x.toml: command: is missing\n");
    EXPECT_EQ(problems_of("command = []"), "x.toml:1: command: the first text is the program\n");
    EXPECT_EQ(problems_of("command = ['a']\nready = 'exit'\nrestart = 'always'"),
              "x.toml: restart = \"always\": what is ready when it ends would run for ever\n");
    EXPECT_EQ(problems_of("command = ['a']\nstop-within = '5'"),
              "x.toml:2: stop-within: \"1ms\" to \"24h\" is allowed, in ms, s, m or h\n");
    EXPECT_EQ(problems_of("command = ['a']\nterminal = 'tty1'"),
              "x.toml:2: terminal: a path from / on is allowed\n");
    EXPECT_EQ(problems_of("command = ['a']\nterminal = 'console'\ninput = '/dev/null'"),
              "x.toml: terminal: excludes input, output and error\n");
}

TEST(Unit, SyntaxErrors) {
    struct Wrong {
        char const* text;
        char const* problem;
    };

    Wrong const all[] = {
        {"[service]", "1: there are no sections in unit files"},
        {"\n= 3", "2: a line is `key = value`, or a remark behind #"},
        {"command", "1: 'command' is not followed by `= value`"},
        {"command = yes",
         "1: command: a value is \"text\", 'text', a number, or a list as [\"one\", \"two\"]"},
        {"command = [1]", "1: a list has texts, as [\"one\", \"two\"], and ends with ]"},
        {"command = ['a' 'b']", "1: between the texts of a list stands a comma, and behind them ]"},
        {"command = ['a',\n# b\n", "3: a list is not closed by ]"},
        {"command = ['a\n']", "1: a text is not closed by its quote"},
        {"user = \"\"\"a", "1: there are no texts of several lines in unit files"},
        {"user = \"a\\x\"", "1: behind \\ stands one of b t n f r \" \\ u U"},
        {"user = \"\\u12g4\"", "1: behind \\u stand four hex digits, behind \\U eight"},
        {"user = \"\\ud800\"", "1: that is no character"},
        {"user = \"\\U00110000\"", "1: that is no character"},
        {"user = \"\\u0000\"", "1: that is no character"},
        {"user = 'a\x01'", "1: a text has no control characters; write \\n or \\u001b"},
        {"user = 'a' b", "1: behind a value only a remark may stand"},
        {"restart-limit = 007", "1: a number is 0 to 1000000000, without zeros before it"},
        {"restart-limit = 9999999999", "1: a number is 0 to 1000000000, without zeros before it"},
        {"restart-limit = 1001", "1: restart-limit: 0 to 1000 is allowed; 0 is no limit"},
    };
    for (auto const& wrong : all)
        EXPECT_EQ(problems_of(wrong.text), "x.toml:" + std::string(wrong.problem) + "\n")
            << wrong.text;
    // One bad line does not hide what others say.
    EXPECT_EQ(problems_of("user = \ncommand = ['a']\nlog = 'x'"),
              "x.toml:1: user: a value is \"text\", 'text', a number, or a list as [\"one\", "
              "\"two\"]\nx.toml:3: log = \"x\": allowed are \"all\", \"memory\"\n");
}

TEST(Unit, Durations) {
    EXPECT_EQ(parse_duration("1ms"), Nanoseconds::milliseconds(1));
    EXPECT_EQ(parse_duration("24h"), Nanoseconds::seconds(86400));
    for (auto const* text :
         {"", "s", "1", "0s", "-1s", "1.5s", "25h", "99999999999999999999s", "1 s"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_EQ(duration_text(Nanoseconds::milliseconds(999)), "999ms");
    EXPECT_EQ(duration_text(Nanoseconds::milliseconds(12'340)), "12.3s");
    EXPECT_EQ(duration_text(Nanoseconds::seconds(3'599)), "59m 59s");
    EXPECT_EQ(duration_text(Nanoseconds::seconds(90'000)), "1d 1h");
}

Vector<Unit> units(std::vector<std::pair<char const*, char const*>> const& list) {
    Vector<Unit> all;
    for (auto const& [name, more] : list)
        all.push_back(parse_unit(name, std::string("command = ['a']\n") + more));
    return all;
}

TEST(Graph, OrderPutsNeedsFirst) {
    auto const graph = make_graph(units({{"a", "needs = ['c']"},
                                         {"b", "after = ['a', 'nowhere']"},
                                         {"c", ""},
                                         {"d", "needs = ['b', 'c']"}}));
    EXPECT_EQ(std::vector<u32>(graph.order.begin(), graph.order.end()),
              (std::vector<u32>{2, 0, 1, 3}));
    EXPECT_EQ(graph.links[2].followers.size(), 2U);
    EXPECT_EQ(graph.links[1].after.size(), 1U);
}

TEST(Graph, FaultsStayWithThoseWhoNeedThem) {
    auto const graph = make_graph(units({{"a", "needs = ['nowhere']"},
                                         {"b", "needs = ['a']"},
                                         {"c", "needs = ['b']"},
                                         {"d", "after = ['a']"},
                                         {"e", "user = 3"},
                                         {"f", "needs = ['e']"}}));
    EXPECT_EQ(graph.faults[0], "a.toml:2: it needs 'nowhere', and there is no such unit");
    EXPECT_EQ(graph.faults[1], "b.toml:2: it needs 'a', which cannot start");
    EXPECT_EQ(graph.faults[2], "c.toml:2: it needs 'b', which cannot start");
    EXPECT_EQ(graph.faults[3], "");
    EXPECT_EQ(graph.faults[4], "e.toml:2: user: a \"text\" is allowed");
    EXPECT_EQ(graph.faults[5], "f.toml:2: it needs 'e', which cannot start");
    EXPECT_EQ(graph.order.size(), 1U);
}

TEST(Graph, Circles) {
    auto const graph = make_graph(units({{"a", "needs = ['b']"},
                                         {"b", "\nafter = ['c']"},
                                         {"c", "needs = ['a']"},
                                         {"d", "needs = ['a']"},
                                         {"e", "after = ['a']"},
                                         {"f", "needs = ['g']"},
                                         {"g", "needs = ['f']"}}));
    EXPECT_EQ(graph.faults[0], "a.toml:2: it waits for itself: a -> b -> c -> a");
    EXPECT_EQ(graph.faults[1], "b.toml:3: it waits for itself: a -> b -> c -> a");
    EXPECT_EQ(graph.faults[3], "d.toml:2: it needs 'a', which cannot start");
    EXPECT_EQ(graph.faults[4], "");
    EXPECT_EQ(graph.faults[6], "g.toml:2: it waits for itself: f -> g -> f");
    EXPECT_EQ(graph.order.size(), 1U);
}

TEST(Backoff, DoublesUpToItsLimitAndGivesUp) {
    auto unit = parse_unit("x", "command = ['a']\nrestart-delay = '100ms'\n"
                                "restart-delay-limit = '300ms'\nrestart-limit = 4");
    Backoff backoff;
    End const crash{End::How::signal, 11};
    auto const brief = Nanoseconds::milliseconds(1);
    for (int const delay : {100, 200, 300, 300}) {
        auto const decision = backoff.after(unit, crash, brief);
        EXPECT_EQ(decision.what, Backoff::Decision::What::again);
        EXPECT_EQ(decision.delay, Nanoseconds::milliseconds(delay));
    }
    EXPECT_EQ(backoff.after(unit, crash, brief).what, Backoff::Decision::What::give_up);
    // A long run forgets.
    auto const decision = backoff.after(unit, crash, unit.steady_after);
    EXPECT_EQ(decision.delay, Nanoseconds::milliseconds(100));
}

TEST(Backoff, Kinds) {
    using enum Backoff::Decision::What;
    End const ends[] = {{End::How::exit, 0},        {End::How::exit, 1},
                        {End::How::signal, 9},      {End::How::late, 0},
                        {End::How::unstartable, 1}, {End::How::unstartable, 0}};

    struct Row {
        Restart restart;
        Backoff::Decision::What what[6];
    };

    Row const rows[] = {{Restart::always, {again, again, again, again, again, leave}},
                        {Restart::failure, {leave, again, again, again, again, leave}},
                        {Restart::crash, {leave, leave, again, again, again, leave}},
                        {Restart::never, {leave, leave, leave, leave, leave, leave}}};
    for (auto const& row : rows)
        for (usize i = 0; i < std::size(ends); ++i) {
            auto unit = parse_unit("x", "command = ['a']");
            unit.restart = row.restart;
            EXPECT_EQ(Backoff().after(unit, ends[i], {}).what, row.what[i]) << i;
        }
}

TEST(LogRing, KeepsTheLastWholeLines) {
    LogRing ring;
    std::vector<std::string> lines;
    auto const note = [&](std::string_view line) { lines.emplace_back(line); };
    ring.write("one\ntw", note);
    ring.write("o\r\n\x1b[1mthree", note);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
    ring.finish_line(note);
    ring.finish_line(note);
    EXPECT_EQ(ring.text(), "one\ntwo\n?[1mthree\n");
    ring.write(std::string(3000, 'x') + "\n", note);
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_EQ(lines[3].size(), LogRing::longest_line);
    for (int i = 0; i < 20'000; ++i)
        ring.write(std::to_string(i) + "\n", note);
    auto const text = ring.text();
    EXPECT_LE(text.size(), LogRing::capacity);
    EXPECT_GT(text.size(), LogRing::capacity - 8);
    EXPECT_TRUE(text.view().ends_with("\n19998\n19999\n"));
    auto const first = std::stoi(std::string(text.view().substr(0, 6)));
    EXPECT_TRUE(text.view().starts_with(std::to_string(first) + "\n" + std::to_string(first + 1)));
}

TEST(Request, RoundTripAndNonsense) {
    auto const parsed = parse_request("123 start crond");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->id, 123U);
    EXPECT_EQ(parsed->verb, Verb::start);
    EXPECT_EQ(parsed->name, "crond");
    EXPECT_EQ(request_text(*parsed), "\n123 start crond\n");
    EXPECT_TRUE(parse_request("1 list"));
    EXPECT_TRUE(parse_request("1 status"));
    EXPECT_TRUE(parse_request("1 status x"));
    for (auto const* text : {"", "1", "x list", "1 start", "1 list x", "1 dance", "1 start ../x",
                             "1 start x y", "9999999999 list", "-1 list", "1  list"})
        EXPECT_FALSE(parse_request(text)) << text;
}

TEST(Request, LinesOutOfPieces) {
    RequestLines lines;
    std::vector<std::string> all;
    auto const note = [&](std::string_view line) { all.emplace_back(line); };
    lines.take("garbage", note);
    lines.take("\n1 li", note);
    lines.take("st\n\n\n", note);
    lines.take(std::string(5000, 'x'), note);
    lines.take("\n2 list\n", note);
    EXPECT_EQ(all, (std::vector<std::string>{"garbage", "1 list", "2 list"}));
}

} // namespace
