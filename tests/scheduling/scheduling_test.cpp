// Who gets how much CPU and how soon, by the kernel's accounting over guest time. With one CPU the
// machine counts instructions for its clock, so the host's load changes nothing. With several, QEMU
// would let each run for as long as it likes then, so they have an ordinary clock.
#include "bench/measure.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

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

/// What the host takes from one virtual CPU is charged to who ran there, which makes shares uneven
/// for a moment; what the scheduler does wrong it does each time. So the best of some runs counts.
double on_four_cpus(std::string const& what, auto const& difference) {
    auto const archive = runner::build_directory() + "/tests/initramfs.cpio";
    double best = 1e9;
    for (int i = 0; i < 4 && best > 0.02; ++i) {
        auto const output =
            runner::output_of({std::getenv("LINNET_RUNNER"), "run", "-c", "4", "--initrd", archive,
                               "--timeout", "100", "--", "scheduling", what, "4"});
        auto const at = output.find(' ', output.find("@@bench ") + 8);
        best = std::min(best, difference(std::stod(output.substr(at))));
    }
    testing::Test::RecordProperty("difference", fmt::format("{}", best));
    return best;
}

constexpr double wanted_nice_ratio = 1024.0 / 335; // the weights of nice 0 and nice 5

TEST(Scheduling, EqualHogsGetEqualTimeOnFourCpus) {
    EXPECT_LE(on_four_cpus("equal", [](double spread) { return spread; }), 0.05);
}

TEST(Scheduling, NiceWeightsAreKeptOnFourCpus) {
    EXPECT_LE(
        on_four_cpus("nice", [](double ratio) { return std::abs(ratio / wanted_nice_ratio - 1); }),
        0.1);
}

TEST(Scheduling, EqualHogsGetEqualTime) {
    auto const spread = measure("equal", 1).at("equal-spread");
    RecordProperty("spread", fmt::format("{}", spread));
    EXPECT_GE(spread, 0);
    EXPECT_LE(spread, 0.05);
}

TEST(Scheduling, NiceWeightsAreKept) {
    auto const ratio = measure("nice", 1).at("nice-ratio");
    EXPECT_NEAR(ratio, wanted_nice_ratio, wanted_nice_ratio / 10);
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
