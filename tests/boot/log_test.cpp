// `run --log-json FILE`: every record, in order, whole, from the first of the boot to a panic's
// last.
#include "runner/os.hpp"
#include "tests/terminal/machine.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// A shell command line that runs the machine.
std::string command(std::vector<std::string> const& options) {
    std::string line;
    for (auto const& word : terminal::run_command(options))
        line += fmt::format("'{}' ", word);
    return line;
}

std::vector<Json> parse(std::string const& text) {
    std::vector<Json> records;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(Json::accept(line)) << line;
        records.push_back(Json::parse(line, nullptr, false));
    }
    return records;
}

class JsonLog : public testing::Test {
protected:
    std::string file(std::string_view name) const {
        return directory_.path() + "/" + std::string(name);
    }

    /// Runs a machine to its end; returns its records.
    std::vector<Json> run(std::vector<std::string> options, int expected_status) {
        options.insert(options.begin(), {"--timeout", "60", "--log-json", file("log")});
        auto const result =
            runner::capture({"/bin/sh", "-c", command(options) + "</dev/null 2>" + file("errors")},
                            runner::Echo::no);
        EXPECT_EQ(result.status, expected_status) << runner::read_file(file("errors"));
        auto const text = runner::read_file(file("log"));
        EXPECT_TRUE(text.ends_with('\n'));
        return parse(text);
    }

private:
    runner::TemporaryDirectory directory_;
};

Json const* find(std::vector<Json> const& records, std::string_view beginning) {
    for (auto const& record : records)
        if (record["message"].get<std::string>().starts_with(beginning))
            return &record;
    return nullptr;
}

void expect_well_formed(std::vector<Json> const& records) {
    static std::set<std::string> const levels{"emergency", "alert",  "critical", "error",
                                              "warning",   "notice", "info",     "debug"};
    std::uint64_t time = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& record = records[i];
        EXPECT_EQ(record["sequence"], i) << record;
        EXPECT_GE(record["time_ns"].get<std::uint64_t>(), time) << record;
        time = record["time_ns"];
        EXPECT_TRUE(levels.contains(record["level"])) << record;
        EXPECT_TRUE(record["message"].is_string()) << record;
        EXPECT_LT(record["cpu"].get<unsigned>(), 4u) << record;
        if (record["source"] == "user") {
            EXPECT_FALSE(record.contains("file")) << record;
            EXPECT_GT(record["task"]["pid"], 0) << record;
        } else {
            auto const place = fmt::format("kernel/{}/", record["source"].get<std::string>());
            EXPECT_TRUE(record["file"].get<std::string>().starts_with(place)) << record;
            EXPECT_TRUE(std::ifstream(LINNET_SOURCE "/" + record["file"].get<std::string>()))
                << record;
            EXPECT_GT(record["line"], 0) << record;
        }
    }
}

TEST_F(JsonLog, HasEveryRecordOfManyWritersWholeAndInOrder) {
    auto const records =
        run({"-c", "4", "--log", "--", "sh", "-c",
             "for i in 1 2 3 4; do (j=0; while [ $j -lt 100 ]; do echo "
             "\"<6>writer $i line $j\" >/dev/kmsg; j=$((j+1)); done) & done; wait; "
             "printf \"<3>bad \\377 \\\"quote\\\" \\\\\\\\ end\" >/dev/kmsg; exit 4"},
            4);
    expect_well_formed(records);
    ASSERT_GT(records.size(), 400u);
    EXPECT_EQ(records[0]["data"]["loader"], "PVH");
    EXPECT_EQ(records[0]["source"], "init");
    EXPECT_FALSE(records[0].contains("task")); // there were none yet

    auto const* const driver = find(records, "platform: 16550");
    ASSERT_TRUE(driver);
    EXPECT_EQ((*driver)["data"], (Json{{"place", "platform"}, {"driver", "16550 serial port"}}));
    EXPECT_EQ((*driver)["source"], "device");
    auto const* const cpus = find(records, "4 CPUs");
    ASSERT_TRUE(cpus);
    EXPECT_EQ((*cpus)["data"]["cpus"], 4);

    std::vector<int> next(5);
    for (auto const& record : records) {
        int writer = 0;
        int line = 0;
        if (std::sscanf(record["message"].get<std::string>().c_str(), "writer %d line %d", &writer,
                        &line) == 2) {
            EXPECT_EQ(line, next.at(static_cast<std::size_t>(writer))++);
            EXPECT_EQ(record["source"], "user");
            EXPECT_EQ(record["level"], "info");
        }
    }
    EXPECT_EQ(next, (std::vector{0, 100, 100, 100, 100}));
    auto const* const bad = find(records, "bad");
    ASSERT_TRUE(bad);
    EXPECT_EQ((*bad)["message"], "bad \ufffd \"quote\" \\ end");
    EXPECT_EQ((*bad)["level"], "error");
}

TEST_F(JsonLog, EventsCarryTheirValues) {
    auto const records =
        run({"-m", "64M", "--", "sh", "-c", "mount -t tmpfs source /mnt; tail /dev/zero; true"}, 0);
    expect_well_formed(records);
    auto const* const mounted = find(records, "mounted source");
    ASSERT_TRUE(mounted);
    EXPECT_EQ((*mounted)["data"],
              (Json{{"source", "source"}, {"type", "tmpfs"}, {"target", "/mnt"}}));
    auto const* const killed = find(records, "Out of memory");
    ASSERT_TRUE(killed);
    EXPECT_EQ((*killed)["source"], "process");
    EXPECT_EQ((*killed)["data"]["name"], "tail");
    EXPECT_GT((*killed)["data"]["pid"], 1);
    EXPECT_GT((*killed)["data"]["resident_kib"], 10000);
    auto const* const missing = find(records, "init[1]: system call 334");
    ASSERT_TRUE(missing);
    EXPECT_EQ((*missing)["data"],
              (Json{{"task", "init"}, {"pid", 1}, {"number", 334}, {"name", "rseq"}}));
    EXPECT_EQ((*missing)["task"], (Json{{"pid", 1}, {"tid", 1}, {"name", "init"}}));
}

TEST_F(JsonLog, AProgramThatFaultsIsNamed) {
    auto const records = run(
        {"--initrd", LINNET_BUILD "/tests/initramfs.cpio", "--", "hostile", "faults", "memory"}, 0);
    Json const* fault = nullptr;
    for (auto const& record : records)
        if (record["message"].get<std::string>().contains("SIGSEGV at"))
            fault = &record;
    ASSERT_TRUE(fault);
    auto const& data = (*fault)["data"];
    EXPECT_EQ(data["task"], "hostile");
    EXPECT_EQ(data["signal"], "SIGSEGV");
    EXPECT_EQ(data["pid"], (*fault)["task"]["tid"]);
    for (auto const* const key : {"address", "instruction", "stack"})
        EXPECT_TRUE(data[key].get<std::string>().starts_with("0x")) << data;
}

TEST_F(JsonLog, EndsWithTheLastRecordOfAPanic) {
    auto const records = run({"--append", "linnet.exit=panic", "--", "sh", "-c", "exit 3"}, 125);
    expect_well_formed(records);
    auto const* const panic = find(records, "kernel panic");
    ASSERT_TRUE(panic);
    EXPECT_EQ((*panic)["level"], "emergency");
    EXPECT_EQ((*panic)["data"]["reason"], "Attempted to kill init! exitcode=0x00000300");
    EXPECT_EQ((*panic)["task"]["pid"], 1);
    auto const& frames = (*panic)["data"]["frames"];
    ASSERT_GT(frames.size(), 4u);
    EXPECT_TRUE(frames[1]["function"].get<std::string>().starts_with("process::")) << frames;
    // The last is the program's, which was at its system call.
    EXPECT_EQ(frames[frames.size() - 2]["function"], "syscall_entry");
    auto const program = (*panic)["task"]["name"].get<std::string>();
    EXPECT_EQ(frames.back()["module"], program) << frames;
    EXPECT_TRUE(records.back()["message"].get<std::string>().contains(" " + program + "+0x"));
    std::size_t lines = frames.size(); // one each, and one for each inlined function
    for (auto const& frame : frames)
        lines += frame.value("inlined", Json::array()).size();
    EXPECT_EQ(records.back()["sequence"], (*panic)["sequence"].get<std::size_t>() + lines);
    EXPECT_EQ(frames[1]["file"], "kernel/process/exit.cpp");
    EXPECT_GT(frames[1]["line"], 0);
    EXPECT_EQ(frames[1]["inlined"][0]["function"], "finish_machine") << frames;
    EXPECT_EQ(frames[1]["inlined"][0]["file"], "kernel/process/exit.cpp");
    EXPECT_GT(frames[1]["inlined"][0]["line"], 0);
}

TEST_F(JsonLog, ABugOfTheKernelComesWithRegistersAndFrames) {
    auto const records = run({"--kernel", LINNET_BUILD "/linnet-ktest.elf", "--append",
                              "linnet.ktest=halt_fault_in_vital_code"},
                             125);
    expect_well_formed(records);
    auto const* const bug = find(records, "BUG: null pointer");
    ASSERT_TRUE(bug);
    auto const& data = (*bug)["data"];
    EXPECT_EQ(data["bug"], "null pointer");
    EXPECT_EQ(data["address"], "0x8");
    EXPECT_EQ(data["registers"].size(), 16u);
    EXPECT_EQ(data["frames"][0]["function"], "vital_fault");
    EXPECT_EQ(data["frames"][0]["address"], data["instruction"]);
    EXPECT_EQ(data["frames"][0]["file"], "kernel/report/halts_ktest.cpp");
    EXPECT_GT(data["frames"][0]["line"], 0);
}

/// UEFI prints to every serial port it knows.
TEST_F(JsonLog, HoldsNothingElseAlsoOnAPcWithUefi) {
    auto const records =
        run({"--machine", "iso-uefi", "--", "sh", "-c", "echo last >/dev/kmsg"}, 0);
    expect_well_formed(records);
    EXPECT_EQ(records.back()["message"], "last");
}

/// What a person sees: lines and inlined functions, by the kernel itself.
TEST_F(JsonLog, APanicsBacktraceHasLinesAndInlinedFunctions) {
    run({"--append", "linnet.exit=panic", "--", "sh", "-c", "exit 3"}, 125);
    auto seen = runner::read_file(file("errors"));
    std::erase(seen, '\r');
    for (
        auto const* const pattern :
        {R"(      finish_machine  kernel/process/exit\.cpp:\d+\n)"
         R"(.*      leave  kernel/process/exit\.cpp:\d+\n)",
         R"(#\d+ 0x[0-9a-f]{16} process::exit_thread\+0x[0-9a-f]+  kernel/process/exit\.cpp:\d+\n)",
         R"( sys::exit_group\+0x[0-9a-f]+  kernel/syscall/process\.cpp:\d+\n)",
         R"( syscall_entry\+0x[0-9a-f]+  kernel/arch/x86_64/trap_entry\.S:\d+\n)"})
        EXPECT_TRUE(std::regex_search(seen, std::regex(pattern))) << pattern << "\n" << seen;
}

TEST_F(JsonLog, SaysWhyAFileCannotBeWritten) {
    auto const result = runner::capture(
        {"/bin/sh", "-c", command({"--log-json", "/nosuch/log", "--", "true"}) + "2>&1"},
        runner::Echo::no);
    EXPECT_EQ(result.status, 125);
    EXPECT_EQ(result.output, "linnet: cannot write /nosuch/log: No such file or directory\n");
}

/// A host that does not read costs records, which are counted, and holds nothing up.
TEST_F(JsonLog, DropsAndCountsWhenTheHostDoesNotRead) {
    ASSERT_EQ(mkfifo(file("fifo").c_str(), 0600), 0);
    ASSERT_EQ(mkfifo(file("input").c_str(), 0600), 0);
    runner::Descriptor const reading(open(file("fifo").c_str(), O_RDONLY | O_NONBLOCK));
    runner::Descriptor const input(open(file("input").c_str(), O_RDWR));
    int status = -1;
    std::thread machine([&] {
        auto const line = command({"--timeout", "100", "--log-json", file("fifo"), "--", "sh", "-c",
                                   "i=0; while [ $i -lt 4000 ]; do echo \"line $i\" >/dev/kmsg; "
                                   "i=$((i+1)); done; echo full; read word; echo last >/dev/kmsg"});
        status =
            runner::capture({"/bin/sh", "-c",
                             fmt::format("{} <{} >{} 2>&1", line, file("input"), file("output"))},
                            runner::Echo::no)
                .status;
    });
    auto const wait_until = [](auto ready) {
        for (int i = 0; i < 900 && !ready(); ++i)
            std::this_thread::sleep_for(100ms);
        EXPECT_TRUE(ready());
    };
    wait_until([&] {
        return std::filesystem::exists(file("output")) &&
               runner::read_file(file("output")) == "full\n";
    });
    // The guest is idle now: only the port's interrupt makes it go on.
    std::string text;
    auto const take = [&] {
        char block[65536];
        for (ssize_t got = 0; (got = read(reading.number(), block, sizeof block)) > 0;)
            text.append(block, static_cast<std::size_t>(got));
    };
    wait_until([&] {
        take();
        return text.contains("\"line 3999\"}\n");
    });
    EXPECT_EQ(write(input.number(), "go\n", 3), 3);
    std::thread reader([&] {
        for (int i = 0; i < 900 && !text.contains("\"last\"}\n");
             ++i, std::this_thread::sleep_for(100ms))
            take();
    });
    machine.join();
    reader.join();
    EXPECT_EQ(status, 0);

    std::uint64_t expected = 0;
    std::uint64_t dropped = 0;
    auto const records = parse(text);
    for (auto const& record : records) {
        EXPECT_EQ(record["sequence"], expected) << record;
        bool const news = record.contains("data") && record["data"].contains("dropped");
        std::uint64_t const count = news ? record["data"]["dropped"].get<std::uint64_t>() : 0;
        dropped += count;
        expected += news ? count : 1;
    }
    EXPECT_GT(dropped, 500u);
    EXPECT_EQ(records.back()["message"], "last");
}

} // namespace
