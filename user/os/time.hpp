// Clocks and sleeping.
#pragma once

#include "libs/base/units.hpp"
#include "user/os/error.hpp"

namespace os {

/// Since some moment that is fixed until the machine restarts; never goes back.
Nanoseconds now() noexcept;
/// Since 1970-01-01 00:00 UTC; may jump.
Nanoseconds clock_time() noexcept;
/// CPU time of the process.
Nanoseconds processor_time() noexcept;

/// At least so long, also when signals arrive.
void sleep(Nanoseconds time) noexcept;
/// Until now() is `when`.
void sleep_until(Nanoseconds when) noexcept;

/// A moment in the calendar, UTC.
struct Date {
    i64 year;
    u32 month;   ///< 1 to 12
    u32 day;     ///< 1 to 31
    u32 hour;    ///< 0 to 23
    u32 minute;  ///< 0 to 59
    u32 second;  ///< 0 to 59
    u32 weekday; ///< 0 is Sunday
};

/// Of seconds since 1970; the proleptic Gregorian calendar.
Date date_of(i64 seconds) noexcept;
i64 seconds_of(Date const& date) noexcept;

} // namespace os
