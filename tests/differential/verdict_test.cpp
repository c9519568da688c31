// When an answer of Linnet counts as right.
#include "tests/differential/verdict.hpp"

#include <gtest/gtest.h>

namespace {

using namespace differential;

Outcome says(std::string text) {
    Outcome outcome;
    outcome.output = std::move(text);
    return outcome;
}

Outcome hangs() {
    Outcome outcome;
    outcome.failure = "hung";
    return outcome;
}

Case plain(std::string name) {
    return {.name = std::move(name), .script = "s\n", .excuse = {}};
}

TEST(Judge, AsksWhetherLinuxEverSaysTheSame) {
    auto const one = plain("f:1");
    std::vector<Outcome> const linux_answers{says("a"), says("a"), says("b")};
    EXPECT_EQ(judge(one, linux_answers, says("a")), Verdict::same);
    EXPECT_EQ(judge(one, linux_answers, says("b")), Verdict::unsettled);
    EXPECT_EQ(judge(one, linux_answers, says("c")), Verdict::different);
    auto other_status = says("a");
    other_status.status = 138;
    EXPECT_EQ(judge(one, linux_answers, other_status), Verdict::different);
}

TEST(Judge, AcceptsAnExcuseButNoFailure) {
    Case const one{.name = "f:1", .script = "s\n", .excuse = "clocks"};
    std::vector<Outcome> const linux_answers{says("a"), hangs()};
    EXPECT_EQ(judge(one, linux_answers, says("b")), Verdict::excused);
    EXPECT_EQ(judge(one, linux_answers, hangs()), Verdict::different);
    EXPECT_EQ(judge(plain("f:2"), linux_answers, hangs()), Verdict::different);
}

TEST(Doubts, AreDifferencesWithoutExcuseOrFailure) {
    std::vector<Case> cases{plain("f:1"), plain("f:2"), plain("f:3"), plain("f:4")};
    cases[1].excuse = "clocks";
    Outcomes const expected{{0, says("a")}, {1, says("a")}, {2, says("a")}, {3, says("a")}};
    Outcomes const actual{{0, says("a")}, {1, says("b")}, {2, hangs()}, {3, says("b")}};
    EXPECT_EQ(doubtful(cases, expected, actual), std::vector<std::size_t>{3});
}

TEST(Questions, GoOutInRoundsAndComeBackToTheirCases) {
    std::vector<Case> const cases{plain("f:1"), plain("f:2"), plain("f:3")};
    std::vector<std::size_t> const which{0, 2};
    auto const asked = questions(cases, which);
    ASSERT_EQ(asked.size(), 2 * further_questions);
    EXPECT_EQ(asked[0].name, "f:1");
    EXPECT_EQ(asked[3].name, "f:3");

    Outcomes answers;
    for (std::size_t i = 0; i < asked.size(); ++i)
        answers[i] = says(asked[i].name);
    auto const all = gather({{0, says("x")}, {1, says("y")}, {2, says("z")}}, which, answers);
    ASSERT_EQ(all.at(0).size(), 1 + further_questions);
    EXPECT_EQ(all.at(0)[0], says("x"));
    EXPECT_EQ(all.at(0)[1], says("f:1"));
    EXPECT_EQ(all.at(1), std::vector{says("y")});
    EXPECT_EQ(all.at(2)[5], says("f:3"));
}

TEST(Questions, AreNoneWhenNothingDiffers) {
    EXPECT_TRUE(questions({plain("f:1")}, {}).empty());
    EXPECT_EQ(gather({{0, says("x")}}, {}, {}).at(0), std::vector{says("x")});
}

} // namespace
