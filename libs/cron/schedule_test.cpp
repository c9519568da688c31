// The runs of schedules: against a table, and against a walk minute by minute.
#include "libs/cron/schedule_table.hpp"
#include "libs/cron/test_times.hpp"

#include <random>

namespace {

using namespace cron;
using namespace cron::test;

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
        for (int i = 0; i < 25; ++i) {
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

} // namespace
