// Time zones as POSIX writes them in TZ: "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include "libs/base/types.hpp"

#include <optional>
#include <string_view>

namespace calendar {

/// A time during which a zone's local time is UTC plus one offset.
struct Stretch {
    i64 start = INT64_MIN; ///< the first second, UTC since 1970
    i64 end = INT64_MAX;   ///< the first second behind it
    i32 offset = 0;        ///< seconds east of Greenwich
};

/// Standard time, and perhaps daylight-saving time by the same rule in every year.
class Rule {
public:
    /// Nothing when it is none. Without dates for daylight-saving time, those of the United States
    /// hold, as with other libraries.
    static std::optional<Rule> parse(std::string_view text);

    Stretch at(i64 seconds) const;

private:
    friend class RuleParser;

    /// A day of the year, and a time of that day.
    struct Change {
        enum class Kind : u8 { julian, day, weekday };

        i64 in_year(i64 year) const; ///< local seconds since 1970

        Kind kind = Kind::weekday;
        u16 day = 0; ///< julian: 1 to 365, without leap days; day: 0 to 365; weekday: 0 to 6
        u8 week = 1; ///< 5 is the last
        u8 month = 1;
        i32 time = 7'200; ///< seconds from midnight; may be negative or beyond the day
    };

    i32 standard_ = 0;
    i32 daylight_ = 0;
    bool has_daylight_ = false;
    Change begin_;
    Change end_;
};

} // namespace calendar
