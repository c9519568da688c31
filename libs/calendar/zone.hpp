// Time zones: local time from UTC and back, by a rule or by a file of the tz database.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/vector.hpp"
#include "libs/calendar/date.hpp"
#include "libs/calendar/rule.hpp"

#include <optional>

namespace calendar {

class Zone {
public:
    /// UTC.
    Zone() = default;

    explicit Zone(Rule rule) : rule_(rule) {}

    /// A TZif file (RFC 8536) of version 2 or later, without leap seconds; nothing when it is none.
    static std::optional<Zone> from_file(ConstBytes file);

    /// The stretch of one offset that a moment lies in.
    Stretch at(i64 seconds) const;

    /// Seconds since 1970 as a clock on the wall shows them.
    i64 local(i64 seconds) const { return seconds + at(seconds).offset; }

    Date date(i64 seconds) const { return date_of(local(seconds)); }

    /// The first moment at which the clock on the wall shows that, or more when it never does:
    /// then the one at which it was put forward.
    i64 moment_of(i64 local) const;

private:
    struct Change {
        i64 at;
        i32 offset; ///< from then on
    };

    Vector<Change> changes_;            ///< before what the rule says
    i32 first_ = 0;                     ///< offset before the first change
    std::optional<Rule> rule_ = Rule(); ///< without one, the last change holds for ever
};

} // namespace calendar
