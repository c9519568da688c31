// A short run of `linnet bench`: the counting machine works, repeats itself, and its numbers are
// such as a working kernel gives.
#include "bench/measure.hpp"
#include "bench/profile.hpp"
#include "bench/table.hpp"
#include "bench/unwind.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <gtest/gtest.h>

namespace {

using namespace bench;

Subject linnet() {
    auto const build = runner::build_directory();
    return {"Linnet", build + "/linnet.elf",
            counting_initramfs(runner::read_file(build + "/initramfs.cpio"),
                               runner::read_file(build + "/bench/bench-guest"))};
}

TEST(Bench, GivesEveryNumberOnce) {
    auto const numbers = count_instructions(linnet(), {});
    for (auto const& row : rows)
        EXPECT_EQ(numbers.contains(std::string(row.name)),
                  row.source == Source::boot || row.source == Source::operation)
            << row.name;
    EXPECT_GT(numbers.at("first-instruction"), 1e6);
    EXPECT_GT(numbers.at("prompt"), numbers.at("first-instruction"));
    EXPECT_GT(numbers.at("null-call"), 50);
    EXPECT_LT(numbers.at("null-call"), 5000);
    EXPECT_GT(numbers.at("stat"), numbers.at("null-call"));
    EXPECT_GT(numbers.at("page-fault"), 512); // the words to clear
    EXPECT_GT(numbers.at("pipe-round-trip"), 4 * numbers.at("null-call"));
    EXPECT_GT(numbers.at("fork+exec"), numbers.at("fork+exit+wait"));
    EXPECT_EQ(numbers, count_instructions(linnet(), {})) << "it does not repeat itself";
}

TEST(Bench, MeasuresWhatIsNamed) {
    auto const some = count_instructions(linnet(), {"null-call", "stat"});
    EXPECT_EQ(some.size(), 2U);
}

TEST(Bench, ComparesWithAKernelThatDoesNotUnwind) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(bench_unwind(true), 0);
    auto const text = testing::internal::GetCapturedStdout();
    for (auto const* row : {"| null-call |", "| code |", "| result |", "| throw |", "| panic |"})
        EXPECT_NE(text.find(row), text.npos) << text;
}

TEST(Bench, ProfilesByFunction) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(print_profile(linnet(), "null-call", runner::build_directory() + "/bench"), 0);
    auto const text = testing::internal::GetCapturedStdout();
    EXPECT_NE(text.find(" handle_system_call\n"), text.npos) << text;
}

} // namespace
