// The moments at which a schedule runs, by the clock of a zone.
#include "libs/cron/schedule.hpp"

#include <algorithm>

namespace cron {

using calendar::floor_divide;
using calendar::minute_length;

/// One stretch of constant offset after the other:
///
///     wall  ...... 1:59 |       | 3:00 ......   put forward: what the gap had runs at its end
///     wall  ...... 2:59 | 2:00 ...... 3:00 ..   put back: what the hour had does not run again
std::optional<i64> next_run(Schedule const& schedule, calendar::Zone const& zone, i64 after) {
    bool const once = !schedule.follows_clock();
    // What it says of no day at all is not sought for in each stretch.
    if (!schedule.next_local(floor_divide(zone.local(after), minute_length) - 24 * 60))
        return std::nullopt;
    i64 const horizon = after + 9 * 366 * calendar::day_length;
    for (auto stretch = zone.at(after + 1); stretch.start < horizon;
         stretch = zone.at(stretch.end)) {
        i64 from = std::max(stretch.start, after + 1);
        if (once && stretch.start != INT64_MIN) {
            i64 const before = stretch.start + zone.at(stretch.start - 1).offset;
            i64 const behind = stretch.start + stretch.offset;
            if (after < stretch.start && behind > before && behind - before < correction) {
                // Minutes that the clock would have begun to show in between.
                auto const skipped =
                    schedule.next_local(floor_divide(before - 1, minute_length) + 1);
                if (skipped && *skipped * minute_length < behind)
                    return stretch.start;
            }
            if (before > behind && before - behind < correction)
                from = std::max(from, before - stretch.offset);
        }
        i64 const minute = floor_divide(from + stretch.offset - 1, minute_length) + 1;
        auto const found = schedule.next_local(minute);
        if (!found)
            continue;
        i64 const moment = *found * minute_length - stretch.offset;
        if (moment < stretch.end)
            return moment < horizon ? std::optional(moment) : std::nullopt;
        if (stretch.end == INT64_MAX)
            break;
    }
    return std::nullopt;
}

} // namespace cron
