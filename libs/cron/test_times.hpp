// For this library's tests: times as text.
#pragma once

#include "libs/cron/schedule.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace cron::test {

using calendar::Date;
using calendar::Rule;
using calendar::Zone;

inline Zone zone_of(char const* text) {
    return Zone(*Rule::parse(text));
}

/// "2026-03-29 01:30[:15]"
inline i64 seconds(char const* text) {
    Date date;
    date.second = 0;
    std::sscanf(text, "%ld-%u-%u %u:%u:%u", &date.year, &date.month, &date.day, &date.hour,
                &date.minute, &date.second);
    return calendar::seconds_of(date);
}

inline std::string text_of(i64 seconds) {
    auto const date = calendar::date_of(seconds);
    char text[64];
    std::snprintf(text, sizeof text, "%ld-%02u-%02u %02u:%02u", date.year, date.month, date.day,
                  date.hour, date.minute);
    return text;
}

inline Schedule schedule_of(std::string_view line) {
    auto const schedule = Schedule::take(line);
    EXPECT_TRUE(schedule) << line;
    return *schedule;
}

} // namespace cron::test
