// When a job runs: the five fields of crontab(5), and the moments that they mean.
#pragma once

#include "libs/base/string.hpp"
#include "libs/calendar/zone.hpp"

#include <expected>
#include <optional>

namespace cron {

class Schedule {
public:
    /// Minute, hour, day of the month, month, weekday; or a word as "@daily", but not "@reboot".
    /// Takes them and the blanks behind them from `text`; otherwise what is wrong, in English.
    static std::expected<Schedule, String> take(std::string_view& text);

    /// Whether it runs at that minute of the clock on the wall.
    bool matches(calendar::Date const& local) const;

    /// The first minute (since 1970, on the wall) at which it runs, from `from` on and before
    /// `until`.
    std::optional<i64> next_local(i64 from, i64 until) const;

    /// With a `*` in minute or hour it follows the clock as it is. Otherwise it is meant for a time
    /// of the day: it runs once, also where the clock skips that time or shows it twice.
    bool follows_clock() const { return follows_clock_; }

private:
    bool matches_day(calendar::Date const& date) const;

    u64 minutes_ = 0;
    u32 hours_ = 0;
    u32 days_ = 0;
    u16 months_ = 0;
    u8 weekdays_ = 0;
    bool any_day_ = false; ///< day or weekday begins with `*`: both must match, otherwise one
    bool follows_clock_ = false;
};

/// Clocks that are put forward or back by this many seconds or more are corrected; by less, what
/// was skipped runs once, and what is repeated does not run again.
inline constexpr i64 correction = 3 * calendar::hour_length;

/// The first moment after `after` (seconds since 1970, UTC) at which it runs. Nothing when there is
/// none in the nine years after: some 29th of February lies in them, no 30th.
std::optional<i64> next_run(Schedule const& schedule, calendar::Zone const& zone, i64 after);

} // namespace cron
