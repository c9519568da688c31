// The moments at which a schedule runs, by the clock of a zone.
#include "libs/cron/schedule.hpp"

#include <algorithm>

namespace cron {

using calendar::floor_divide;
using calendar::minute_length;

namespace {

/// The first minute that begins at that second or behind it.
constexpr i64 minute_from(i64 second) {
    return floor_divide(second - 1, minute_length) + 1;
}

} // namespace

/// One stretch of constant offset after the other:
///
///     wall  ...... 1:59 |       | 3:00 ......   put forward: what the gap had runs at its end
///     wall  ...... 2:59 | 2:00 ...... 3:00 ..   put back: what the hour had does not run again
std::optional<i64> next_run(Schedule const& schedule, calendar::Zone const& zone, i64 after) {
    bool const once = !schedule.follows_clock();
    i64 const horizon = after + 9 * 366 * calendar::day_length;
    for (auto stretch = zone.at(after + 1); stretch.start < horizon;
         stretch = zone.at(stretch.end)) {
        i64 from = std::max(stretch.start, after + 1);
        if (once && stretch.start != INT64_MIN) {
            i64 const before = stretch.start + zone.at(stretch.start - 1).offset;
            i64 const behind = stretch.start + stretch.offset;
            // Minutes that the clock would have begun to show in between.
            if (after < stretch.start && behind > before && behind - before < correction &&
                schedule.next_local(minute_from(before), minute_from(behind)))
                return stretch.start;
            if (before > behind && before - behind < correction)
                from = std::max(from, before - stretch.offset);
        }
        i64 const end = std::min(stretch.end, horizon);
        if (auto const found = schedule.next_local(minute_from(from + stretch.offset),
                                                   minute_from(end + stretch.offset)))
            return *found * minute_length - stretch.offset;
        if (stretch.end >= horizon)
            break;
    }
    return std::nullopt;
}

} // namespace cron
