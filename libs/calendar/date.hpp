// Civil time: dates of the proleptic Gregorian calendar from seconds since 1970, and back.
#pragma once

#include "libs/base/types.hpp"

#include <optional>
#include <string_view>

namespace calendar {

inline constexpr i64 minute_length = 60;
inline constexpr i64 hour_length = 3'600;
inline constexpr i64 day_length = 86'400;

/// Floor division: also before 1970.
constexpr i64 floor_divide(i64 a, i64 b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// A moment in the calendar.
struct Date {
    i64 year = 1970;
    u32 month = 1;   ///< 1 to 12
    u32 day = 1;     ///< 1 to 31
    u32 hour = 0;    ///< 0 to 23
    u32 minute = 0;  ///< 0 to 59
    u32 second = 0;  ///< 0 to 59
    u32 weekday = 4; ///< 0 is Sunday

    friend bool operator==(Date const&, Date const&) = default;
};

/// Days from 1970-01-01. Days beyond the month's end count on into the next.
i64 days_of(i64 year, u32 month, u32 day) noexcept;
u32 days_in_month(i64 year, u32 month) noexcept;

/// Of seconds since 1970.
Date date_of(i64 seconds) noexcept;
/// The weekday does not matter.
i64 seconds_of(Date const& date) noexcept;

/// "2026-12-24", with a time behind a blank or a T: " 18:00", "T18:00:59". Without, it is midnight.
std::optional<i64> parse_date(std::string_view text) noexcept;

} // namespace calendar
