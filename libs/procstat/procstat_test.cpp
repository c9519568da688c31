// What /proc says: lines of Linux and of Linnet, and damaged ones.
#include "libs/procstat/procstat.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace procstat;

TEST(Process, HasItsNumbers) {
    std::string const linux_line =
        "2881 (a) b (c) S 2870 2881 2870 34816 2885 4194304 1101 5544 2 3 21 12 14 9 20 0 3 0 "
        "1066422 4689920 893 18446744073709551615 94 95 1 0 0 65536 4 65538 1 0 0 17 1 0 0 0 0\n";
    auto const process = parse_process(linux_line);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->pid, 2881u);
    EXPECT_EQ(process->name, "a) b (c");
    EXPECT_EQ(process->state, 'S');
    EXPECT_EQ(process->parent, 2870u);
    EXPECT_EQ(process->group, 2881u);
    EXPECT_EQ(process->session, 2870u);
    EXPECT_EQ(process->ticks, 33u);
    EXPECT_EQ(process->threads, 3u);
    EXPECT_EQ(process->start, 1'066'422u);
    EXPECT_EQ(process->resident, 893u * 4);
    for (usize size = 0; size < linux_line.find(" 893"); ++size)
        EXPECT_FALSE(parse_process(linux_line.substr(0, size))) << size;
    EXPECT_FALSE(parse_process(")1 (x S 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"));
}

TEST(Cpus, AreInOrder) {
    auto const cpus = parse_cpus("cpu  10 2 30 400 50 6 7 8 9 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
                                 "cpu1 9 0 1 90\nintr 5\nctxt 7\nbtime 1\n");
    ASSERT_EQ(cpus.size(), 2u);
    EXPECT_EQ(cpus[0].user, 3u);
    EXPECT_EQ(cpus[0].system, 24u);
    EXPECT_EQ(cpus[0].idle, 9u);
    EXPECT_EQ(cpus[1].sum(), 100u);
    EXPECT_TRUE(parse_cpus("").empty());
}

TEST(Memory, IsFoundByName) {
    auto const memory =
        parse_memory("MemTotal:       16384 kB\nMemFree:  100 kB\nMemAvailable: 200 kB\nX: 1 kB\n");
    EXPECT_EQ(memory.total, 16'384u);
    EXPECT_EQ(memory.free, 100u);
    EXPECT_EQ(memory.available, 200u);
    EXPECT_EQ(parse_memory("MemTotal: x kB").total, 0u);
}

TEST(Load, HasAverages) {
    auto const load = parse_load("0.20 0.18 0.12 1/80 11206\n");
    ASSERT_TRUE(load);
    EXPECT_EQ(load->averages[0], "0.20");
    EXPECT_EQ(load->averages[2], "0.12");
    EXPECT_EQ(load->running, 1u);
    EXPECT_EQ(load->threads, 80u);
    EXPECT_FALSE(parse_load(""));
    EXPECT_FALSE(parse_load("0.20 0.18 0.12 x"));
}

TEST(Printable, IsHarmless) {
    EXPECT_EQ(printable(std::string_view("a\0b\033[1m\177", 8)), "a b?[1m?");
}

} // namespace
