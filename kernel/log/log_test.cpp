// The ring of records, and the log on a machine whose console is a string.
#include "kernel/log/log.hpp"

#include "kernel/log/machine_test.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

using klog::Cursor;
using klog::Level;
using klog::Ring;
using namespace log_machine;

struct SmallRing {
    char storage[8192] = {};
    Ring ring{storage};
    char text[Ring::longest_text];
};

TEST(Ring, ReadsBackInOrder) {
    SmallRing small;
    small.ring.append({.time = Nanoseconds(5), .level = Level::info, .text = "first"});
    small.ring.append({.time = Nanoseconds(6), .level = Level::error, .text = ""});
    Cursor cursor;
    auto const first = small.ring.read(cursor, small.text);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->text, "first");
    EXPECT_EQ(first->time.count(), 5);
    EXPECT_EQ(first->sequence, 0u);
    auto const second = small.ring.read(cursor, small.text);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->text, "");
    EXPECT_EQ(second->level, Level::error);
    EXPECT_FALSE(small.ring.read(cursor, small.text));
    small.ring.append({.time = Nanoseconds(7), .level = Level::info, .text = "third"});
    EXPECT_EQ(small.ring.read(cursor, small.text)->text, "third");
}

TEST(Ring, DropsTheOldestAndTellsByTheSequence) {
    SmallRing small;
    for (int i = 0; i < 1000; ++i) {
        auto const text = "record " + std::to_string(i);
        small.ring.append({.time = Nanoseconds(i), .text = text});
    }
    Cursor cursor;
    u64 expected = small.ring.first_sequence();
    EXPECT_GT(expected, 800u);
    while (auto const record = small.ring.read(cursor, small.text)) {
        EXPECT_EQ(record->sequence, expected);
        EXPECT_EQ(record->text, "record " + std::to_string(expected));
        ++expected;
    }
    EXPECT_EQ(expected, 1000u);
}

TEST(Ring, CutsWhatIsTooLong) {
    SmallRing small;
    std::string const many(5000, 'x');
    small.ring.append({.text = many});
    Cursor cursor;
    EXPECT_EQ(small.ring.read(cursor, small.text)->text.size(), Ring::longest_text);
    cursor = {};
    EXPECT_EQ(small.ring.read(cursor, std::span(small.text).first(10))->text, "xxxxxxxxxx");
    EXPECT_FALSE(small.ring.read(cursor, small.text));
}

TEST(Ring, SurvivesScribbledStorage) {
    for (int seed = 0; seed < 50; ++seed) {
        SmallRing small;
        for (int i = 0; i < 100; ++i)
            small.ring.append({.level = Level::info, .text = "something to overwrite"});
        for (usize i = 0; i < sizeof small.storage; ++i)
            small.storage[i] = static_cast<char>(i * 31 + static_cast<usize>(seed) * 17);
        Cursor cursor;
        for (int i = 0; i < 10000 && small.ring.read(cursor, small.text); ++i) {
        }
        small.ring.append({.level = Level::info, .text = "still appends"});
    }
}

TEST(Log, PrintsWholeLinesWithTime) {
    console.clear();
    klog::info("found {} CPUs", 4);
    EXPECT_EQ(console, "[    1.234567] found 4 CPUs\n");
    console.clear();
    klog::warn("two\nlines\n");
    EXPECT_EQ(console, "[    1.234567] two\n[    1.234567] lines\n");
}

TEST(Log, LevelsDecideWhatIsPrintedNotWhatIsKept) {
    console.clear();
    auto cursor = klog::end();
    klog::set_console_level(4);
    klog::info("quiet");
    klog::error("loud");
    klog::set_console_level(7);
    klog::debug("details");
    EXPECT_EQ(console, "[    1.234567] loud\n");
    char text[100];
    EXPECT_EQ(klog::read(cursor, text)->text, "quiet");
    EXPECT_EQ(klog::read(cursor, text)->level, Level::error);
    EXPECT_EQ(klog::read(cursor, text)->text, "details");
    EXPECT_FALSE(klog::read(cursor, text));
}

TEST(Log, LogsFromInsideItsOwnPrinting) {
    console.clear();
    std::string inner = "inner";
    reentry = &inner;
    klog::info("outer");
    EXPECT_EQ(console, "[    1.234567] outer\n[    1.234567] inner\n");
}

// A6.3
TEST(Log, LinesOfManyCpusNeverMix) {
    console.clear();
    auto const start = klog::next_sequence();
    std::vector<std::thread> cpus;
    for (usize cpu = 1; cpu <= 4; ++cpu)
        cpus.emplace_back([cpu] {
            this_cpu = cpu;
            for (int i = 0; i < 300; ++i)
                klog::info("cpu {} line {} end", cpu, i);
        });
    for (auto& cpu : cpus)
        cpu.join();
    EXPECT_EQ(klog::next_sequence() - start, 1200u);
    usize lines = 0;
    for (usize at = 0; at < console.size();) {
        usize const end = console.find('\n', at);
        ASSERT_NE(end, std::string::npos);
        auto const line = console.substr(at, end - at);
        EXPECT_TRUE(line.starts_with("[    1.234567] cpu ")) << line;
        EXPECT_TRUE(line.ends_with(" end")) << line;
        ++lines;
        at = end + 1;
    }
    EXPECT_EQ(lines, 1200u);
}

// A6.3
TEST(Log, APanicBreaksALockWhoseHolderIsGone) {
    console.clear();
    std::thread stuck([] {
        this_cpu = stuck_cpu;
        klog::info("stuck");
    });
    while (!is_stuck)
        std::this_thread::yield();
    klog::info("kept, not printed: the console is taken");
    EXPECT_EQ(console, "");
    klog::panic_mode();
    klog::debug("last words"); // printed whatever the level
    EXPECT_NE(console.find("kept, not printed"), std::string::npos);
    EXPECT_NE(console.find("last words"), std::string::npos);
    let_go = true;
    stuck.join();
}

} // namespace
