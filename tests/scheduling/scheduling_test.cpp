// Who gets how much CPU and how soon, by the kernel's accounting over guest time. The machine
// counts instructions for its clock, so the host's load changes nothing. One CPU only: with
// several, QEMU runs each of them for as long as it likes then.
#include "bench/measure.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

bench::Numbers measure(std::string const& what, int number) {
    auto const build = runner::build_directory();
    bench::Subject const linnet{
        .name = "Linnet",
        .kernel = build + "/linnet.elf",
        .initramfs = bench::counting_initramfs(runner::read_file(build + "/initramfs.cpio"),
                                               runner::read_file(build + "/tests/scheduling"))};
    return bench::count_instructions(linnet, {what, std::to_string(number)});
}

TEST(Scheduling, EqualHogsGetEqualTime) {
    auto const spread = measure("equal", 1).at("equal-spread");
    RecordProperty("spread", fmt::format("{}", spread));
    EXPECT_GE(spread, 0);
    EXPECT_LE(spread, 0.05);
}

TEST(Scheduling, NiceWeightsAreKept) {
    double const wanted = 1024.0 / 335; // the weights of nice 0 and nice 5
    auto const ratio = measure("nice", 1).at("nice-ratio");
    EXPECT_NEAR(ratio, wanted, wanted / 10);
}

TEST(Scheduling, ASleeperAmongHogsWakesInTime) {
    auto const late = measure("sleeper", 1);
    EXPECT_GT(late.at("late-p50-us"), 0);
    EXPECT_LE(late.at("late-p99-us"), 4000); // a slice of 3 ms, and the switch
}

TEST(Scheduling, TenThousandChildrenLeaveNothing) {
    auto const left = measure("children", 10'000);
    EXPECT_EQ(left.at("processes-left"), 0);
    EXPECT_LE(left.at("pages-left"), 128); // what allocators keep: a page for 100 children is more
}

} // namespace
