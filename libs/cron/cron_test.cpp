// The job scheduler's texts: fields that are wrong, tables, times for `at`.
#include "libs/cron/at_time.hpp"
#include "libs/cron/crontab.hpp"
#include "libs/cron/schedule_table.hpp"
#include "libs/cron/test_times.hpp"

namespace {

using namespace cron;
using namespace cron::test;

struct BadLine {
    char const* line;
    char const* what;
};

TEST(Schedule, SaysWhatIsWrong) {
    for (auto const& [line, what] : std::initializer_list<BadLine>{
             {"", "the minute is missing"},
             {"* * *", "the month is missing"},
             {"60 * * * *", "minute: 60 is not from 0 to 59"},
             {"* 24 * * *", "hour: 24 is not from 0 to 23"},
             {"* * 0 * *", "day of the month: 0 is not from 1 to 31"},
             {"* * * 13 *", "month: 13 is not from 1 to 12"},
             {"* * * * 8", "weekday: 8 is not from 0 to 7"},
             {"x * * * *", "minute: 'x' is no number"},
             {"* * * foo *", "month: 'foo' is no number and no name"},
             {"* * * january *", "month: 'january' is no number and no name"},
             {"5-1 * * * *", "minute: 5-1 goes backwards"},
             {"*/0 * * * *", "minute: '0' is no step"},
             {"*/ * * * *", "minute: '' is no step"},
             {"*/x * * * *", "minute: 'x' is no step"},
             {"5/10 * * * *", "minute: a step needs a range before it, as 5-59/10"},
             {"1,,2 * * * *", "minute: '' is no number"},
             {"1, * * * *", "minute: '' is no number"},
             {"-1 * * * *", "minute: '' is no number"},
             {"1- * * * *", "minute: '' is no number"},
             {"99999999999 * * * *", "minute: '99999999999' is no number"},
             {"@fortnightly", "there is no @fortnightly"},
             {"@", "there is no @"},
             {"@reboot", "there is no @reboot"}}) {
        std::string_view text = line;
        auto const schedule = Schedule::take(text);
        ASSERT_FALSE(schedule) << line;
        EXPECT_EQ(schedule.error(), what);
    }
}

TEST(Crontab, HasVariablesCommandsAndInput) {
    auto const table = parse_crontab("# a comment\n"
                                     "  # another\n\n"
                                     "SHELL=/bin/sh\n"
                                     "  NAME = \"two words \"  \n"
                                     "'OTHER'='x'\n"
                                     "5 4 * * *  echo a%b%c\n"
                                     "EMPTY=\n"
                                     "@daily\techo 100\\%\\n # no comment\r\n"
                                     "@reboot run me\n"
                                     "* * * * * x=1 y",
                                     Form::user);
    EXPECT_TRUE(table.problems.empty());
    ASSERT_EQ(table.variables.size(), 4u);
    EXPECT_EQ(table.variables[0], "SHELL=/bin/sh");
    EXPECT_EQ(table.variables[1], "NAME=two words ");
    EXPECT_EQ(table.variables[2], "OTHER=x");
    EXPECT_EQ(table.variables[3], "EMPTY=");
    ASSERT_EQ(table.entries.size(), 4u);
    EXPECT_EQ(table.entries[0].command, "echo a");
    EXPECT_EQ(table.entries[0].input, "b\nc\n");
    EXPECT_EQ(table.entries[0].variables, 3u);
    EXPECT_EQ(table.entries[0].line, 7u);
    EXPECT_EQ(table.entries[1].command, "echo 100%\\n # no comment");
    EXPECT_EQ(table.entries[1].input, "");
    EXPECT_EQ(table.entries[1].variables, 4u);
    EXPECT_FALSE(table.entries[2].schedule);
    EXPECT_EQ(table.entries[2].command, "run me");
    EXPECT_EQ(table.entries[3].command, "x=1 y");
}

TEST(Crontab, OfTheSystemHasUsers) {
    auto const table = parse_crontab("0 5 * * 1 root tar -c /\n@reboot daemon  start it\n"
                                     "0 5 * * 1 root\n0 5 * * 1\n@daily\n@reboot\n",
                                     Form::system);
    ASSERT_EQ(table.entries.size(), 2u);
    EXPECT_EQ(table.entries[0].user, "root");
    EXPECT_EQ(table.entries[0].command, "tar -c /");
    EXPECT_EQ(table.entries[1].user, "daemon");
    EXPECT_EQ(table.entries[1].command, "start it");
    ASSERT_EQ(table.problems.size(), 4u);
    EXPECT_EQ(table.problems[0].what, "the command is missing");
    EXPECT_EQ(table.problems[1].what, "the user is missing");
}

TEST(Crontab, KeepsGoodLinesBesideBadOnes) {
    auto const table =
        parse_crontab("61 * * * * bad\n* * * * * good\nnonsense\n1x=2\n* * * * *\n", Form::user);
    ASSERT_EQ(table.entries.size(), 1u);
    EXPECT_EQ(table.entries[0].command, "good");
    ASSERT_EQ(table.problems.size(), 4u);
    EXPECT_EQ(table.problems[0].line, 1u);
    EXPECT_EQ(table.problems[0].what, "minute: 61 is not from 0 to 59");
    EXPECT_EQ(table.problems[3].line, 5u);
    EXPECT_EQ(table.problems[3].what, "the command is missing");
}

TEST(AtTime, Is) {
    struct Row {
        char const* text;
        char const* local; ///< in Berlin
    };

    auto const zone = zone_of(berlin);
    i64 const now = zone.moment_of(seconds("2026-03-28 16:30:40")); // a Saturday
    for (auto const& [text, local] : std::initializer_list<Row>{
             {"now", "2026-03-28 16:30"},
             {"now + 1 minute", "2026-03-28 16:31"},
             {"now +90 min", "2026-03-28 18:00"},
             {"now + 2 hours", "2026-03-28 18:30"},
             {"now + 1 day", "2026-03-29 17:30"}, // of 24 hours: the clock is put forward
             {"now + 2 weeks", "2026-04-11 17:30"},
             {"+ 5 minutes", "2026-03-28 16:35"},
             {"16:31", "2026-03-28 16:31"},
             {"16:30", "2026-03-29 16:30"},
             {"0900", "2026-03-29 09:00"},
             {"9:05", "2026-03-29 09:05"},
             {"5pm", "2026-03-28 17:00"},
             {"12am", "2026-03-29 00:00"},
             {"12:15pm tomorrow", "2026-03-29 12:15"},
             {"noon", "2026-03-29 12:00"},
             {"midnight", "2026-03-29 00:00"},
             {"teatime", "2026-03-29 16:00"},
             {"teatime tomorrow", "2026-03-29 16:00"},
             {"20:00 today", "2026-03-28 20:00"},
             {"today 20:00 + 1 hour", "2026-03-28 21:00"},
             {"tomorrow", "2026-03-29 16:30"},
             {"2026-12-24 18:00", "2026-12-24 18:00"},
             {"18:00 2026-12-24", "2026-12-24 18:00"},
             {"2028-02-29", "2028-02-29 16:30"},
             {"10:00 monday", "2026-03-30 10:00"},
             {"18:00 sat", "2026-03-28 18:00"},
             {"02:30 tomorrow", "2026-03-29 03:00"}}) { // the clock skips it
        auto const at = parse_at_time(text, now, zone);
        ASSERT_TRUE(at) << text << ": " << std::string(at.error().view());
        EXPECT_EQ(text_of(zone.local(*at)), local) << text;
        EXPECT_EQ(*at % 60, 0);
    }
}

TEST(AtTime, IsNot) {
    for (auto const* const text : {"",
                                   "  ",
                                   "soon",
                                   "25:00",
                                   "12:60",
                                   "1:5",
                                   "13pm",
                                   "0am",
                                   "now + ",
                                   "now + x minutes",
                                   "now + 5",
                                   "now + 5 parsecs",
                                   "now + 99999999 days",
                                   "now now",
                                   "16:00 17:00",
                                   "2026-02-29 10:00",
                                   "2026-13-01",
                                   "2026-1-1",
                                   "yesterday",
                                   "10:00 today",
                                   "2020-01-01 10:00",
                                   "now 10:00"})
        EXPECT_FALSE(parse_at_time(text, seconds("2026-03-28 16:30:40"), Zone())) << text;
}

} // namespace
