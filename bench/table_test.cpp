// Judging and printing of numbers, and naming of counted code.
#include "bench/profile.hpp"
#include "bench/table.hpp"

#include <gtest/gtest.h>

namespace {

using namespace bench;

std::vector<Finding> findings(double ours, double theirs) {
    return compare({find_row("stat"), find_row("memory")}, {{"stat", ours}, {"memory", ours}},
                   {{"stat", theirs}});
}

TEST(Goals, AreSharesOfLinuxOrLimits) {
    auto const good = findings(6, 10);
    EXPECT_TRUE(good[0].goal_met());
    EXPECT_TRUE(good[1].goal_met());
    auto const bad = findings(13, 20);
    EXPECT_FALSE(bad[0].goal_met());
    EXPECT_FALSE(bad[1].goal_met());
}

TEST(Goals, AreMissedWithoutANumber) {
    auto const nothing = compare({find_row("stat"), find_row("memory")}, {}, {{"stat", 1}});
    EXPECT_FALSE(nothing[0].goal_met());
    EXPECT_FALSE(nothing[1].goal_met());
    EXPECT_FALSE(compare({find_row("stat")}, {{"stat", 1}}, {})[0].goal_met());
}

TEST(Table, ShowsBothSides) {
    auto const text = as_table(findings(1234567, 10));
    EXPECT_NE(text.find("1,234,567"), text.npos);
    EXPECT_NE(text.find("MISSED"), text.npos);
}

TEST(Json, HasNullForWhatIsMissing) {
    auto const text = as_json(findings(6, 10));
    EXPECT_TRUE(text.starts_with("[\n  {\"name\": \"stat\", \"unit\": \"instructions\", "
                                 "\"linnet\": 6.0000, \"linux\": 10.0000, \"share\": 0.6000"));
    EXPECT_NE(text.find("\"linux\": null, \"share\": null"), text.npos);
}

TEST(Profile, SumsByFunction) {
    Functions const functions("ffffffff80001000 T first(int)\n"
                              "ffffffff80001800 d data\n"
                              "ffffffff80002000 t second\n");
    auto const sums = by_function("ffffffff80001000 5\nffffffff80001900 7\n"
                                  "ffffffff80002000 1\n400000 2\nffffffff80000000 9\n",
                                  functions);
    EXPECT_EQ(sums.at("first(int)"), 12);
    EXPECT_EQ(sums.at("second"), 1);
    EXPECT_EQ(sums.at("(user)"), 2);
    EXPECT_EQ(sums.at("?"), 9);
}

} // namespace
