// Times as at(1) takes them: "now + 5 minutes", "16:30", "2026-12-24 18:00".
#pragma once

#include "libs/base/string.hpp"
#include "libs/calendar/zone.hpp"

#include <expected>

namespace cron {

/// Seconds since 1970 of a full minute, or what is wrong, in English. A time of the day without a
/// date is the next one; "now" is the minute that it is. Forms, in any order of date and time:
///
///     now | HH:MM[am|pm] | HHMM | noon | midnight | teatime
///     YYYY-MM-DD | today | tomorrow | WEEKDAY
///     + N minutes | hours | days | weeks
std::expected<i64, String> parse_at_time(std::string_view text, i64 now,
                                         calendar::Zone const& zone);

} // namespace cron
