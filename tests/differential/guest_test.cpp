// Case files and the frames in which results come out of the guest.
#include "tests/differential/guest.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace {

using namespace differential;

FrameReader read(std::string const& text) {
    FrameReader reader;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        reader.line(line);
    return reader;
}

TEST(Cases, AreBlocksWithNamesAndExcuses) {
    auto const cases =
        parse_cases("f", "# about\necho 1\n\n#excused: clocks\ncat <<X\n# kept\nX\n\n\n");
    ASSERT_EQ(cases.size(), 2U);
    EXPECT_EQ(cases[0].name, "f:2");
    EXPECT_EQ(cases[0].script, "echo 1\n");
    EXPECT_EQ(cases[0].excuse, "");
    EXPECT_EQ(cases[1].name, "f:5");
    EXPECT_EQ(cases[1].script, "cat <<X\n# kept\nX\n");
    EXPECT_EQ(cases[1].excuse, "clocks");
}

TEST(Base64, Decodes) {
    EXPECT_EQ(decode_base64("aGVsbG8K"), "hello\n");
    EXPECT_EQ(decode_base64("aGk="), "hi");
    EXPECT_EQ(decode_base64(""), "");
}

TEST(Frames, CarryResults) {
    auto const reader = read("before\n@@start 3\nlog\n@@result 3 7 6 2\naGVsbG8K\n@@error\naGk=\n"
                             "@@end\n@@finished\n");
    EXPECT_TRUE(reader.finished);
    EXPECT_EQ(reader.outcomes.at(3).log, "log\n");
    auto const& outcome = reader.outcomes.at(3);
    EXPECT_EQ(outcome.status, 7);
    EXPECT_EQ(outcome.output, "hello\n");
    EXPECT_EQ(outcome.error, "hi");
}

TEST(Frames, IgnoreLogLinesAndRefuseDamage) {
    auto const with_log =
        read("@@start 0\n@@result 0 0 6 0\n[ 1.0] a log line\naGVsbG8K\n@@error\n@@end\n");
    EXPECT_EQ(with_log.outcomes.at(0).output, "hello\n");
    auto const damaged = read("@@start 0\n@@result 0 0 6 0\naGVs\n@@error\n@@end\n");
    EXPECT_TRUE(damaged.outcomes.empty());
    auto const broken_off = read("@@start 5\n@@result 5 0 6 0\naGVsbG8K\n");
    EXPECT_TRUE(broken_off.outcomes.empty());
    EXPECT_EQ(broken_off.running, 5U);
}

TEST(Frames, KernelBugsAreFailures) {
    auto const reader = read("@@start 0\n[ 1.0] BUG: a bug (a.cpp:1)\n@@result 0 0 6 0\naGVsbG8K\n"
                             "@@error\n@@end\n");
    EXPECT_FALSE(reader.outcomes.at(0).failure.empty());
}

} // namespace
