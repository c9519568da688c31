// The job scheduler's logic: fields, files, times, and clocks that are set.
#include "libs/cron/agenda.hpp"
#include "libs/cron/at_time.hpp"
#include "libs/cron/crontab.hpp"
#include "libs/cron/schedule_table.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <string>

namespace {

using namespace cron;
using calendar::Date;
using calendar::Rule;
using calendar::Zone;

Zone zone_of(char const* text) {
    return Zone(*Rule::parse(text));
}

/// "2026-03-29 01:30[:15]"
i64 seconds(char const* text) {
    Date date;
    date.second = 0;
    std::sscanf(text, "%ld-%u-%u %u:%u:%u", &date.year, &date.month, &date.day, &date.hour,
                &date.minute, &date.second);
    return calendar::seconds_of(date);
}

std::string text_of(i64 seconds) {
    auto const date = calendar::date_of(seconds);
    char text[64];
    std::snprintf(text, sizeof text, "%ld-%02u-%02u %02u:%02u", date.year, date.month, date.day,
                  date.hour, date.minute);
    return text;
}

Schedule schedule_of(std::string_view line) {
    auto const schedule = Schedule::take(line);
    EXPECT_TRUE(schedule) << line;
    return *schedule;
}

TEST(Schedule, RunsWhenTheTableSays) {
    static_assert(std::size(schedule_table) >= 200);
    for (auto const& row : schedule_table) {
        auto const schedule = schedule_of(row.line);
        auto const zone = zone_of(row.zone);
        i64 at = seconds(row.after);
        for (auto const* const expected : row.runs) {
            auto const next = next_run(schedule, zone, at);
            ASSERT_TRUE(next) << row.line;
            EXPECT_EQ(text_of(*next), expected)
                << row.line << ", " << row.zone << ", after " << text_of(at);
            at = *next;
        }
    }
}

/// Vixie's rules, a minute at a time.
class MinuteWalker {
public:
    MinuteWalker(Schedule const& schedule, i64 local) : schedule_(schedule), virtual_(local) {}

    /// Whether it runs in the minute that the clock shows now.
    bool step(i64 local) {
        i64 const difference = local - virtual_;
        bool const now = schedule_.matches(calendar::date_of(local * 60));
        if (difference <= -180 || difference >= 180 || difference == 1) {
            virtual_ = local;
            return now;
        }
        if (difference <= 0)
            return schedule_.follows_clock() && now;
        bool skipped = false;
        while (virtual_ < local)
            skipped |= schedule_.matches(calendar::date_of(++virtual_ * 60));
        return schedule_.follows_clock() ? now : skipped;
    }

private:
    Schedule schedule_;
    i64 virtual_;
};

TEST(Schedule, RunsAsCronDoesAMinuteAtATime) {
    std::mt19937 random(3);
    auto const pick = [&](std::initializer_list<char const*> from) {
        return std::string(from.begin()[random() % from.size()]);
    };
    for (auto const* const name : {berlin, new_york, lord_howe, auckland, dublin, kathmandu}) {
        auto const zone = zone_of(name);
        for (int i = 0; i < 60; ++i) {
            auto const line = pick({"*", "0", "30", "*/17", "5-50/15", "59"}) + " " +
                              pick({"*", "2", "1-3", "*/2", "0,23", "3", "2"}) + " " +
                              pick({"*", "*", "1-7", "25-31"}) + " * " +
                              pick({"*", "*", "0", "1-5"});
            auto const schedule = schedule_of(line);
            // Around each change of the clock.
            for (i64 from = seconds("2026-01-01 00:00"); from < seconds("2028-01-01 00:00");) {
                i64 const change = zone.at(from).end;
                i64 const start = (change == INT64_MAX ? from : change) - 86'400;
                MinuteWalker judge(schedule, calendar::floor_divide(zone.local(start), 60));
                auto next = next_run(schedule, zone, start);
                for (i64 at = start + 60; at < start + 3 * 86'400; at += 60) {
                    bool const expected = judge.step(calendar::floor_divide(zone.local(at), 60));
                    bool const runs = next && *next == at;
                    ASSERT_EQ(runs, expected) << line << ", " << name << " at " << text_of(at);
                    if (runs)
                        next = next_run(schedule, zone, at);
                }
                from = change == INT64_MAX ? change : change + 1;
            }
        }
    }
}

TEST(Schedule, NeverRunsOnADayThatIsNot) {
    for (auto const* const line : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb *"})
        EXPECT_FALSE(next_run(schedule_of(line), Zone(), 0)) << line;
}

TEST(Schedule, LeavesOutADayThatTheClockSkips) {
    // A zone that crosses the date line: forward by 24 hours is a correction.
    auto const zone = zone_of("AAA10BBB-14,M6.1.0/0,M12.1.0/0");
    i64 const change = zone.at(seconds("2026-05-01 00:00")).end;
    auto const next = next_run(schedule_of("30 12 * * *"), zone, change - 3'600);
    ASSERT_TRUE(next);
    EXPECT_EQ(text_of(zone.local(*next)).substr(11), "12:30");
    EXPECT_GT(*next, change);
}

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

/// An agenda and a clock that is set.
class Clocks : public testing::Test {
protected:
    void at(char const* wall) {
        now_ = {seconds(wall) * 1000, 5'000'000};
        agenda_.emplace(Zone(), now_);
    }

    void add(char const* line) { agenda_->add(schedule_of(line)); }

    /// What runs till then, with the daemon waking when something is due.
    std::string pass(i64 minutes) {
        std::string ran;
        i64 const until = now_.wall + minutes * 60'000;
        while (auto const next = agenda_->next()) {
            i64 const step = std::max<i64>(*next * 1000 - now_.wall, 0);
            if (now_.wall + step > until)
                break;
            now_ = {now_.wall + step, now_.steady + step};
            ran += take();
        }
        now_ = {until, now_.steady + (until - now_.wall)};
        return ran + take();
    }

    std::string set(char const* wall) {
        now_.wall = seconds(wall) * 1000;
        return take();
    }

    std::string take() {
        std::string ran;
        for (usize const index : agenda_->take_due(now_))
            ran.push_back(static_cast<char>('a' + index));
        return ran;
    }

    Moment now_ = {};
    std::optional<Agenda> agenda_;
};

TEST_F(Clocks, GoOn) {
    at("2026-05-05 11:58");
    add("0 12 * * *");
    add("* * * * *");
    EXPECT_EQ(pass(4), "babbb");
}

TEST_F(Clocks, AreSetForwardALittle) {
    at("2026-05-05 11:00");
    add("30 12 * * *");
    add("45 * * * *");
    add("0 15 * * *");
    EXPECT_EQ(pass(10), "");
    EXPECT_EQ(set("2026-05-05 13:00"), "a"); // skipped, once; 11:45 and 12:45 are not made up
    EXPECT_EQ(pass(120), "bbc");
}

TEST_F(Clocks, AreSetForwardByMinutes) {
    at("2026-05-05 11:00:30");
    add("* * * * *");
    EXPECT_EQ(pass(1), "a");
    EXPECT_EQ(set("2026-05-05 11:04:30"), "a");
    EXPECT_EQ(pass(0), "aa"); // as many as there were minutes
}

TEST_F(Clocks, AreSetForwardMuch) {
    at("2026-05-05 11:00");
    add("30 12 * * *");
    add("0 16 * * *");
    add("0 * * * *");
    EXPECT_EQ(set("2026-05-05 16:00:20"), "bc"); // the minute that it is, not what was skipped
    EXPECT_EQ(pass(60), "c");
}

TEST_F(Clocks, AreSetBackALittle) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    add("15 * * * *");
    EXPECT_EQ(pass(20), "ab");
    EXPECT_EQ(set("2026-05-05 11:10"), "");
    EXPECT_EQ(pass(120), "bb"); // 12:00 was, 11:15 and 12:15 are
    EXPECT_EQ(pass(24 * 60 - 60), std::string(23, 'b') + "a");
}

TEST_F(Clocks, AreSetBackAndJobsAreReadAgain) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    EXPECT_EQ(pass(20), "a");
    EXPECT_EQ(set("2026-05-05 11:10"), "");
    agenda_->clear();
    add("0 12 * * *");
    add("30 12 * * *");
    EXPECT_EQ(pass(120), "b");
}

TEST_F(Clocks, AreSetBackMuch) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    EXPECT_EQ(pass(20), "a");
    EXPECT_EQ(set("2026-05-05 07:00"), "");
    EXPECT_EQ(pass(6 * 60), "a");
}

TEST_F(Clocks, AreSteeredWithoutRunningAnythingTwice) {
    at("2026-05-05 11:59:58");
    add("* * * * *");
    add("0 12 * * *");
    now_ = {now_.wall + 2'000, now_.steady + 2'000};
    EXPECT_EQ(take(), "ab");
    now_.wall -= 900;
    EXPECT_EQ(take(), "");
    now_.wall -= 5'000; // set, but within moments
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pass(1), "a");
}

TEST_F(Clocks, StandStillWhileTheDaemonIsStopped) {
    at("2026-05-05 11:00");
    add("* * * * *");
    add("15,30 12 * * *");
    now_ = {now_.wall + 2 * 3'600'000, now_.steady + 2 * 3'600'000};
    EXPECT_EQ(take(), "ab");
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pass(1), "a");
}

TEST_F(Clocks, RunWhatWasAddedSinceTheLastTime) {
    at("2026-05-05 11:59:30");
    now_ = {now_.wall + 30'000, now_.steady + 30'000};
    add("0 12 * * *"); // read again in the moment when it is due
    EXPECT_EQ(take(), "a");
}

} // namespace
