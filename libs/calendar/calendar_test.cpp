// Time zones: the C library of the host is the judge.
#include "libs/calendar/zone.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>

namespace {

using calendar::Date;
using calendar::Rule;
using calendar::Zone;

std::optional<Zone> zone_of_file(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    std::string const bytes(std::istreambuf_iterator<char>(file), {});
    return Zone::from_file(bytes_of(bytes));
}

void set_judge(std::string const& zone) {
    setenv("TZ", zone.c_str(), 1);
    tzset();
}

std::tm judge(i64 seconds) {
    std::tm broken = {};
    auto const time = static_cast<std::time_t>(seconds);
    EXPECT_NE(localtime_r(&time, &broken), nullptr);
    return broken;
}

/// Random moments, and each change with the second before it.
void compare(Zone const& zone, std::string const& name, i64 first, i64 last) {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<i64> any(first, last);
    Vector<i64> moments;
    for (int i = 0; i < 300; ++i)
        moments.push_back(any(random));
    for (i64 at = first; at < last;) {
        auto const stretch = zone.at(at);
        ASSERT_LE(stretch.start, at) << name;
        ASSERT_GT(stretch.end, at) << name;
        moments.push_back(at);
        at = stretch.end;
        if (at < last)
            moments.push_back(at - 1);
    }
    for (i64 const at : moments) {
        auto const expected = judge(at);
        ASSERT_EQ(zone.at(at).offset, expected.tm_gmtoff) << name << " at " << at;
        auto const date = zone.date(at);
        EXPECT_EQ(date.year, expected.tm_year + 1900);
        EXPECT_EQ(date.month, static_cast<u32>(expected.tm_mon + 1));
        EXPECT_EQ(date.day, static_cast<u32>(expected.tm_mday));
        EXPECT_EQ(date.hour, static_cast<u32>(expected.tm_hour));
        EXPECT_EQ(date.minute, static_cast<u32>(expected.tm_min));
        EXPECT_EQ(date.second, static_cast<u32>(expected.tm_sec));
        EXPECT_EQ(date.weekday, static_cast<u32>(expected.tm_wday));
    }
}

constexpr i64 year_1800 = -5'364'662'400;
constexpr i64 year_1971 = 31'536'000;
constexpr i64 year_2100 = 4'102'444'800;

TEST(Date, IsThereAndBack) {
    for (i64 day = -800'000; day < 800'000; day += 13) {
        auto const seconds = day * 86'400 + 7;
        ASSERT_EQ(calendar::seconds_of(calendar::date_of(seconds)), seconds);
    }
    EXPECT_EQ(calendar::days_of(2000, 3, 1), 11'017);
    EXPECT_EQ(calendar::days_in_month(2000, 2), 29u);
    EXPECT_EQ(calendar::days_in_month(1900, 2), 28u);
    EXPECT_EQ(calendar::days_in_month(2026, 12), 31u);
    EXPECT_EQ(calendar::date_of(-1).weekday, 3u);
}

TEST(Date, IsRead) {
    EXPECT_EQ(calendar::parse_date("1970-01-02"), 86'400);
    EXPECT_EQ(calendar::parse_date("2000-02-29 01:02"), 951'786'120);
    EXPECT_EQ(calendar::parse_date("2000-02-29T01:02:03"), 951'786'123);
    for (auto const* const text :
         {"", "2000", "2000-1-1", "2001-02-29", "2000-13-01", "2000-00-01", "2000-01-00",
          "2000-01-01 ", "2000-01-01 1:00", "2000-01-01 24:00", "2000-01-01 00:60",
          "2000-01-01 00:00:60", "2000-01-01 00:00:", "2000-01-01x00:00", "2000-01-01 00:00:00x",
          "x000-01-01"})
        EXPECT_FALSE(calendar::parse_date(text)) << text;
}

TEST(Rule, TellsWhatTheCLibraryTells) {
    for (auto const* const text :
         {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
          "NZST-12NZDT,M9.5.0,M4.1.0/3", "<+0545>-5:45", "IST-1GMT0,M10.5.0,M3.5.0/1",
          "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "ABC3:30:15DEF2,J60/0,J300/23:59:59",
          "ABC-3DEF,59/1:30,364/-2", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
          "EET-2EEST,M3.4.4/50,M10.4.4/50", "AAA0BBB-2,M1.1.1/0,M12.5.6/24"}) {
        auto const rule = Rule::parse(text);
        ASSERT_TRUE(rule) << text;
        set_judge(text);
        compare(Zone(*rule), text, year_1971, year_2100);
    }
}

TEST(Rule, HasTheDatesOfTheUnitedStatesWithoutOthers) {
    auto const usual = Rule::parse("EST5EDT,M3.2.0,M11.1.0");
    auto const without = Rule::parse("EST5EDT");
    ASSERT_TRUE(usual && without);
    for (i64 at = year_1971; at < year_2100; at = usual->at(at).end)
        ASSERT_EQ(without->at(at).end, usual->at(at).end);
}

TEST(Rule, RefusesWhatIsNone) {
    for (auto const* const text : {"",
                                   "U0",
                                   "UT0",
                                   "UTC",
                                   "UTC25",
                                   "UTC0:60",
                                   "UTC0 ",
                                   "<UTC0",
                                   "<U>0",
                                   "CET-1CEST,",
                                   "CET-1CEST,M3.5.0",
                                   "CET-1CEST,M3.5.0,",
                                   "CET-1CEST,M13.5.0,M10.5.0",
                                   "CET-1CEST,M3.6.0,M10.5.0",
                                   "CET-1CEST,M3.5.7,M10.5.0",
                                   "CET-1CEST,M0.5.0,M10.5.0",
                                   "CET-1CEST,J0,J5",
                                   "CET-1CEST,J366,J5",
                                   "CET-1CEST,366,5",
                                   "CET-1CEST,M3.5.0/168,5",
                                   "CET-1CEST,M3.5.0,M10.5.0x",
                                   "1CET"})
        EXPECT_FALSE(Rule::parse(text)) << text;
}

TEST(Zone, KnowsWhenAClockShowsATime) {
    auto const zone = Zone(*Rule::parse("CET-1CEST,M3.5.0,M10.5.0/3"));
    constexpr i64 spring = 1'774'746'000; // 2026-03-29 01:00 UTC, from 02:00 to 03:00
    constexpr i64 autumn = 1'792'890'000; // 2026-10-25 01:00 UTC, from 03:00 to 02:00
    auto const local = [](i64 day, i64 hour, i64 minute) {
        return day * 86'400 + hour * 3'600 + minute * 60;
    };
    i64 const in_spring = calendar::days_of(2026, 3, 29);
    i64 const in_autumn = calendar::days_of(2026, 10, 25);
    EXPECT_EQ(zone.moment_of(local(in_spring, 1, 59)), spring - 60);
    EXPECT_EQ(zone.moment_of(local(in_spring, 2, 0)), spring);
    EXPECT_EQ(zone.moment_of(local(in_spring, 2, 59)), spring);
    EXPECT_EQ(zone.moment_of(local(in_spring, 3, 1)), spring + 60);
    EXPECT_EQ(zone.moment_of(local(in_autumn, 2, 30)), autumn - 1'800);
    EXPECT_EQ(zone.moment_of(local(in_autumn, 3, 0)), autumn + 3'600);
}

/// A file as RFC 8536 has it, with an empty part of 32 bits.
std::string make_file(std::vector<std::pair<i64, u8>> const& changes,
                      std::vector<i32> const& offsets, std::string const& footer) {
    auto const number = [](u64 value, int bytes) {
        std::string text;
        for (int i = bytes - 1; i >= 0; --i)
            text.push_back(static_cast<char>(value >> (i * 8)));
        return text;
    };
    auto const header = [&](u64 times, u64 types, u64 characters) {
        return "TZif2" + std::string(15, '\0') + number(0, 4) + number(0, 4) + number(0, 4) +
               number(times, 4) + number(types, 4) + number(characters, 4);
    };
    std::string file = header(0, 1, 4) + number(0, 6) + std::string("UTC\0", 4) +
                       header(changes.size(), offsets.size(), 4);
    for (auto const& [at, type] : changes)
        file += number(static_cast<u64>(at), 8);
    for (auto const& [at, type] : changes)
        file.push_back(static_cast<char>(type));
    for (i32 const offset : offsets)
        file += number(static_cast<u32>(offset), 4) + number(offset == 7'200 ? 0x100 : 0, 2);
    return file + std::string("ABC\0", 4) + "\n" + footer + "\n";
}

std::vector<std::pair<i64, u8>> const some_changes = {
    {-2'000'000'000, 1}, {0, 2}, {500'000'000, 3}, {1'301'187'600, 4}, {1'319'936'400, 1}};
std::vector<i32> const some_offsets = {-30'000, 3'600, -36'000, 50'400, 7'200};

TEST(Zone, IsReadFromAFile) {
    // The judge reads a file again only when its name and its inode are others.
    auto const directory =
        std::filesystem::temp_directory_path() / ("zones." + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    std::string name = "a";
    for (auto const* const footer : {"", "ABC-1", "CET-1CEST,M3.5.0,M10.5.0/3"}) {
        auto const path = directory / name;
        name += "a";
        std::ofstream(path, std::ios::binary) << make_file(some_changes, some_offsets, footer);
        auto const zone = zone_of_file(path);
        ASSERT_TRUE(zone);
        set_judge(":" + path.string());
        compare(*zone, footer, year_1800, year_2100);
    }
    std::filesystem::remove_all(directory);
}

TEST(Zone, RefusesAFileThatIsNone) {
    auto const good = make_file(some_changes, some_offsets, "ABC-1");
    ASSERT_TRUE(Zone::from_file(bytes_of(good)));
    for (usize size = 0; size < good.size(); ++size)
        EXPECT_FALSE(Zone::from_file(bytes_of(good.substr(0, size)))) << size;
    auto const bad = [](auto const& changes, auto const& offsets, auto const& footer) {
        return !Zone::from_file(bytes_of(make_file(changes, offsets, footer)));
    };
    EXPECT_TRUE(bad(some_changes, std::vector<i32>{0, 1}, "ABC-1"));
    EXPECT_TRUE(bad(some_changes, std::vector<i32>{}, "ABC-1"));
    EXPECT_TRUE(bad(some_changes, some_offsets, "nonsense"));
    EXPECT_TRUE(bad(some_changes, std::vector<i32>{0, 1, 2, 3, 1'000'000}, "ABC-1"));
    EXPECT_TRUE(bad(std::vector<std::pair<i64, u8>>{{5, 0}, {5, 1}}, some_offsets, "ABC-1"));
}

// Whatever the host has of the tz database.
TEST(Zone, TellsWhatTheDatabaseTells) {
    std::filesystem::path const database = "/usr/share/zoneinfo";
    for (auto const* const name :
         {"Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns",
          "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca",
          "Antarctica/Troll", "America/Nuuk", "Asia/Manila", "Asia/Tehran"}) {
        if (!std::filesystem::exists(database / name))
            continue;
        auto const zone = zone_of_file(database / name);
        ASSERT_TRUE(zone) << name;
        set_judge(name);
        compare(*zone, name, year_1800, year_2100);
    }
}

} // namespace
