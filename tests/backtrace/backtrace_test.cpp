// Backtraces of whole machines: on request from outside, and what the kernel reports of its bugs,
// each from the kernel into the program.
#include "runner/archive.hpp"
#include "runner/os.hpp"
#include "runner/text.hpp"
#include "tests/backtrace/golden.hpp"
#include "tests/terminal/machine.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using runner::Captured;

/// One machine at a time, in a runtime directory of the test's own.
class Backtrace : public testing::Test {
protected:
    Backtrace() {
        setenv("XDG_RUNTIME_DIR", directory_.path().c_str(), 1);
        runner::ArchiveWriter added;
        added.file("bin/traced", 0755, runner::read_file(LINNET_TRACED));
        runner::write_file(initramfs(), runner::read_file(LINNET_INITRAMFS) + added.finish());
    }

    std::string initramfs() const { return directory_.path() + "/initramfs.cpio"; }

    std::string output_file() const { return directory_.path() + "/output"; }

    std::string output() const { return runner::read_file(output_file()); }

    /// Starts a machine and waits until it has printed `awaited`.
    runner::Child start(std::string const& script, std::string_view awaited,
                        std::vector<std::string> options = {}) {
        options.insert(options.begin(), {"--timeout", "100", "--append", "linnet.provoke=1",
                                         "--initrd", initramfs()});
        options.insert(options.end(), {"--", "sh", "-c", script});
        auto child =
            runner::Child::start(terminal::run_command(options),
                                 runner::writable_file(output_file()), runner::Child::Group::own);
        for (int i = 0; i < 1200 && !output().contains(awaited); ++i)
            std::this_thread::sleep_for(50ms);
        EXPECT_TRUE(output().contains(awaited)) << output();
        return child;
    }

    /// `linnet bt`, with what it says on stderr behind what it prints.
    static Captured bt(std::string const& options) {
        return runner::capture(
            {"/bin/sh", "-c", fmt::format("{} bt {} 2>&1", std::getenv("LINNET_RUNNER"), options)},
            runner::Echo::no);
    }

    static Json bt_json(std::string const& options) {
        auto const result = bt("--json " + options);
        EXPECT_EQ(result.status, 0) << result.output;
        auto parsed = Json::parse(result.output, nullptr, false);
        EXPECT_FALSE(parsed.is_discarded()) << result.output;
        return parsed.is_discarded() ? Json{{"stacks", Json::array()}} : parsed;
    }

    /// The stacks of tasks of this name.
    static std::vector<Json> stacks_of(Json const& answer, std::string const& task) {
        std::vector<Json> found;
        for (auto const& stack : answer["stacks"])
            if (stack.contains("task") && stack["task"]["name"] == task)
                found.push_back(stack);
        return found;
    }

    /// Until a task's stack has come to where it is expected; what is wrong if it does not.
    static std::string wait_for(std::string_view golden, std::string const& task,
                                std::string const& options) {
        std::string wrong = "there is no such task";
        auto const deadline = std::chrono::steady_clock::now() + 30s;
        while (!wrong.empty() && std::chrono::steady_clock::now() < deadline)
            for (auto const& stack : stacks_of(bt_json(options), task))
                if (wrong = golden::compare(golden, trace_of(stack["frames"])); wrong.empty())
                    break;
        return wrong;
    }

    static golden::Trace trace_of(Json const& frames) {
        golden::Trace trace;
        auto const add = [&](Json const& one, bool inlined) {
            trace.push_back({one.value("function", one.value("module", "?")), one.value("file", ""),
                             one.value("line", 0u), inlined});
        };
        for (auto const& frame : frames) {
            for (auto const& function : frame.value("inlined", Json::array()))
                add(function, true);
            add(frame, false);
        }
        return trace;
    }

    runner::TemporaryDirectory const directory_;
};

TEST_F(Backtrace, OfATaskThatSleepsAndOneThatComputes) {
    auto const machine =
        start("traced sleep >/dev/null & exec traced compute", "ready", {"-c", "2"});
    EXPECT_EQ(wait_for("sleeping", "traced", "--all"), "");
    EXPECT_EQ(wait_for("computing", "traced", ""), "") << "what the CPUs run";
    EXPECT_EQ(wait_for("worker", "worker", "--all"), "");

    auto const answer = bt_json("");
    EXPECT_EQ(answer["stacks"].size(), 2u) << "one for each CPU";
    auto const pid = stacks_of(answer, "traced").at(0)["task"]["pid"].get<int>();
    auto const one = bt_json(fmt::format("-p {}", pid));
    ASSERT_EQ(one["stacks"].size(), 1u) << one;
    EXPECT_EQ(one["stacks"][0]["task"]["pid"], pid);
    EXPECT_EQ(one["stacks"][0]["task"]["state"], "running");

    auto const text = bt(fmt::format("-p {}", pid)).output;
    EXPECT_TRUE(text.starts_with("CPU ")) << text;
    EXPECT_TRUE(text.contains(fmt::format(": traced[{}]\n", pid))) << text;
    EXPECT_TRUE(text.contains(" compute+0x") && text.contains("tests/backtrace/program.cpp:"))
        << text;
    EXPECT_TRUE(bt("-p 31000").output.contains("there is no task 31000"));
}

TEST_F(Backtrace, LetsTheMachineGoOnUnharmed) {
    auto machine = start("echo begin; i=0; while [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done;"
                         " seq 20000 | md5sum; exit 7",
                         "begin", {"-c", "2"});
    int times = 0;
    while (bt("--all").status == 0)
        ++times;
    EXPECT_GT(times, 0);
    EXPECT_EQ(machine.wait(), 7);
    auto const expected =
        runner::capture({"/bin/sh", "-c", "seq 20000 | md5sum"}, runner::Echo::no).output;
    EXPECT_TRUE(output().contains(expected)) << output();
}

TEST_F(Backtrace, OfAKernelThatHangs) {
    auto const machine = start("echo begin; exec traced provoke hog-irq", "ready");
    EXPECT_EQ(wait_for("hanging", "traced", ""), "");
}

TEST_F(Backtrace, NeedsAMachineAndAChoiceBetweenSeveral) {
    auto none = bt("");
    EXPECT_EQ(none.status, 125);
    EXPECT_TRUE(none.output.contains("no machine of yours runs")) << none.output;
    {
        auto const first = start("echo first; sleep 1000", "first");
        auto const second = start("echo second; sleep 1000", "second");
        auto const both = bt("");
        EXPECT_EQ(both.status, 125);
        EXPECT_TRUE(both.output.contains("2 machines run:")) << both.output;
        EXPECT_TRUE(both.output.contains("sh -c 'echo first; sleep 1000'")) << both.output;
        EXPECT_EQ(bt_json(fmt::format("--machine {}", first.process()))["machine"],
                  first.process());
        EXPECT_TRUE(bt("--machine 1").output.contains("no machine 1 runs")) << both.output;
    }
    // They were killed, so they could not clean up.
    EXPECT_TRUE(bt("").output.contains("no machine of yours runs"));
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path() + "/linnet"));
}

/// What the kernel says of a bug of its own, as a record and as text.
class Report : public Backtrace {
protected:
    /// Runs `traced provoke KIND` and compares the report with the golden of this name.
    void expect_report(std::string const& kind, std::vector<std::string> options = {}) {
        SCOPED_TRACE(kind);
        auto const log = directory_.path() + "/log";
        options.insert(options.begin(), {"--timeout", "60", "--append", "linnet.provoke=1",
                                         "--initrd", initramfs(), "--log-json", log, "--log"});
        options.insert(
            options.end(),
            {"--", "sh", "-c", "traced provoke " + kind + " & sleep 2; kill $! 2>/dev/null; true"});
        std::string line;
        for (auto const& word : terminal::run_command(options))
            line += runner::shell_quote(word) + " ";
        auto const said =
            runner::capture({"/bin/sh", "-c", line + "2>&1 </dev/null"}, runner::Echo::no).output;
        golden::Trace trace;
        runner::LineSplitter splitter;
        for (auto const& record : splitter.feed(runner::read_file(log))) {
            auto const parsed = Json::parse(record, nullptr, false);
            if (trace.empty() && !parsed.is_discarded() && parsed.contains("data") &&
                parsed["data"].contains("bug"))
                trace = trace_of(parsed["data"]["frames"]);
        }
        EXPECT_EQ(golden::compare(kind, trace), "") << said;
        // The program's function, which the runner adds.
        auto const behind_entry = said.find("traced+0x");
        if (kind != "deferred") {
            EXPECT_TRUE(behind_entry != said.npos &&
                        said.find("tests/backtrace/program.cpp:", behind_entry) != said.npos)
                << said;
        }
    }
};

TEST_F(Report, OfEachFaultThroughASystemCall) {
    for (auto const* const kind : {"panic", "null", "protection", "divide", "opcode", "overflow"})
        expect_report(kind);
}

TEST_F(Report, ThroughAnInterruptOfTheKernelAndOneOfAProgram) {
    expect_report("interrupt");
    expect_report("interrupt-later");
}

TEST_F(Report, InAKernelThread) {
    expect_report("deferred");
}

} // namespace
