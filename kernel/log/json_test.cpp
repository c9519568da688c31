// The log for machines: what a record looks like, and its port when the host reads late or never.
#include "kernel/log/log.hpp"
#include "kernel/log/machine_test.hpp"
#include "libs/base/address.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

namespace {

using namespace log_machine;
using Json = nlohmann::json;

/// Every line that came out of the port, parsed.
std::vector<Json> take_lines() {
    std::vector<Json> lines;
    auto const text = std::exchange(port, {});
    EXPECT_TRUE(text.empty() || text.ends_with('\n')) << text;
    for (usize at = 0; at < text.size();) {
        usize const end = text.find('\n', at);
        auto const line = text.substr(at, end - at);
        EXPECT_TRUE(Json::accept(line)) << line;
        lines.push_back(Json::parse(line, nullptr, false));
        at = end + 1;
    }
    return lines;
}

class JsonLog : public testing::Test {
protected:
    JsonLog() {
        klog::open_json_port();
        port.clear();
    }

    ~JsonLog() override {
        klog::set_task_source(nullptr);
        port_room = ~usize{0};
        klog::send_json();
        port.clear();
    }
};

TEST_F(JsonLog, ARecordSaysWhereItComesFrom) {
    klog::set_task_source([](klog::Task& task) noexcept {
        task.process = 12;
        task.thread = 13;
        task.set_name("a name longer than fifteen");
    });
    klog::warn("quotes \" and \xff");
    auto const line = __LINE__ - 1;
    auto const records = take_lines();
    ASSERT_EQ(records.size(), 1u);
    auto const& record = records[0];
    EXPECT_EQ(record["level"], "warning");
    EXPECT_EQ(record["source"], "log");
    EXPECT_EQ(record["file"], "kernel/log/json_test.cpp");
    EXPECT_EQ(record["line"], line);
    EXPECT_EQ(record["cpu"], 0);
    EXPECT_EQ(record["time_ns"], 1'234'567'890);
    EXPECT_EQ(record["task"], (Json{{"pid", 12}, {"tid", 13}, {"name", "a name longer t"}}));
    EXPECT_EQ(record["message"], "quotes \" and \ufffd");
    EXPECT_FALSE(record.contains("data"));
}

enum class Color : u8 { red = 7 };

TEST_F(JsonLog, NamedValuesKeepTheirTypes) {
    console.clear();
    klog::info(
        "{pid} {{x}} {name} {at:x} {where} {flag} {color} {pointer} {offset:<4}| {} {letter}", -5,
        "a \"name\"", 0x1fu, VirtAddr(0xffff'ffff'8000'0000), true, Color::red,
        pointer_to<int>(VirtAddr(0x10)), 9u, "unnamed", 'c');
    EXPECT_EQ(console,
              "[    1.234567] -5 {x} a \"name\" 1f 0xffffffff80000000 true 7 10 9   | unnamed c\n");
    EXPECT_EQ(take_lines().at(0)["data"], (Json{{"pid", -5},
                                                {"name", "a \"name\""},
                                                {"at", "0x1f"},
                                                {"where", "0xffffffff80000000"},
                                                {"flag", true},
                                                {"color", 7},
                                                {"pointer", "0x10"},
                                                {"offset", 9},
                                                {"letter", "c"}}));
}

TEST_F(JsonLog, WhatIsTooLongIsCutAndStaysJson) {
    std::string const text(3000, '\x01');
    klog::info("{value}", text);
    auto const record = take_lines().at(0);
    EXPECT_EQ(record["message"].get<std::string>(), text.substr(0, klog::line_limit));
    EXPECT_GT(record["data"]["value"].get<std::string>().size(), 50u);

    std::string members = "\"list\":[0";
    while (members.size() < klog::Ring::longest_data - 1)
        members += ",0";
    members.resize(klog::Ring::longest_data - 1 - members.size() % 2);
    members += members.ends_with(',') ? "0]" : "]";
    members.resize(members.rfind(']') + 1);
    klog::write(klog::Level::info, {}, std::string(klog::Ring::longest_text, '\x02'), members);
    auto const largest = take_lines().at(0);
    EXPECT_EQ(largest["source"], "user");
    EXPECT_EQ(largest["message"].get<std::string>().size(), klog::Ring::longest_text);
    EXPECT_GT(largest["data"]["list"].size(), 2000u);
}

TEST_F(JsonLog, DataGoesWithTheFirstLine) {
    klog::write(klog::Level::info, {}, "one\ntwo\n", "\"a\":1");
    auto const records = take_lines();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0]["data"]["a"], 1);
    EXPECT_FALSE(records[1].contains("data"));
}

TEST_F(JsonLog, QuietConcernsTheConsoleOnly) {
    klog::set_console_level(0);
    klog::debug("hidden");
    klog::set_console_level(7);
    EXPECT_EQ(take_lines().at(0)["message"], "hidden");
}

TEST_F(JsonLog, AHostThatReadsLateGetsEverythingInOrder) {
    port_room = 100; // in the middle of a record
    for (int i = 0; i < 20; ++i)
        klog::info("record {number}", i);
    EXPECT_LE(port.size(), 100u);
    EXPECT_TRUE(port_interrupts);
    for (int round = 0; port_interrupts && round < 1000; ++round) {
        port_room = 40;
        klog::send_json(); // the interrupt
    }
    auto const records = take_lines();
    ASSERT_EQ(records.size(), 20u);
    for (usize i = 0; i < 20; ++i)
        EXPECT_EQ(records[i]["data"]["number"], i);
}

TEST_F(JsonLog, RecordsThatHadToGoAreCounted) {
    klog::info("before");
    port_room = 10;
    constexpr int many = 5000;
    for (int i = 0; i < many; ++i)
        klog::info("record {number}", i);
    port_room = ~usize{0};
    klog::send_json();
    auto const records = take_lines();
    u64 expected = records.at(0)["sequence"];
    u64 dropped = 0;
    for (auto const& record : records) {
        EXPECT_EQ(record["sequence"], expected);
        bool const news = record.contains("data") && record["data"].contains("dropped");
        u64 const count = news ? record["data"]["dropped"].get<u64>() : 0;
        dropped += count;
        expected += news ? count : 1;
    }
    EXPECT_GT(dropped, 1000u);
    EXPECT_EQ(expected, klog::next_sequence());
    EXPECT_EQ(records.back()["data"]["number"], many - 1);
}

TEST_F(JsonLog, RecordsOfManyCpusNeverMix) {
    auto const start = klog::next_sequence();
    std::vector<std::thread> cpus;
    for (usize cpu = 1; cpu <= 4; ++cpu)
        cpus.emplace_back([cpu] {
            this_cpu = cpu;
            for (int i = 0; i < 200; ++i)
                klog::info("{i}", i);
        });
    for (auto& cpu : cpus)
        cpu.join();
    auto const records = take_lines();
    ASSERT_EQ(records.size(), 800u);
    std::vector<int> next(5);
    for (usize i = 0; i < records.size(); ++i) {
        EXPECT_EQ(records[i]["sequence"], start + i);
        EXPECT_EQ(records[i]["data"]["i"], next[records[i]["cpu"].get<usize>()]++);
    }
}

TEST_F(JsonLog, TellsTheHookOfEachRecord) {
    static int calls;
    calls = 0;
    klog::set_record_hook([]() noexcept { ++calls; });
    klog::info("one");
    klog::info("two");
    klog::set_record_hook(nullptr);
    EXPECT_EQ(calls, 2);
}

} // namespace
