// Clocks and sleeping.
#pragma once

#include "libs/base/units.hpp"
#include "libs/calendar/date.hpp"
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

/// A moment in the calendar, UTC, of seconds since 1970, and back.
using calendar::Date;
using calendar::date_of;
using calendar::seconds_of;

} // namespace os
