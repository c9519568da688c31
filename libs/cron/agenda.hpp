// What is due when, as the clock goes on, stands still, or is set.
#pragma once

#include "libs/base/vector.hpp"
#include "libs/cron/schedule.hpp"

namespace cron {

/// The two clocks at one moment. Both in milliseconds; `wall` since 1970, UTC.
struct Moment {
    i64 wall;
    i64 steady; ///< is never set
};

/// The schedules of all jobs, by index. Cron's rules for a clock that is set: forward by less than
/// three hours, what was meant for a time in between runs once, soon; backward by less, it does
/// not run again. By more, it was wrong before, and what it says now counts. Jobs that follow the
/// clock do so at once.
class Agenda {
public:
    /// What is due before or at that moment is of the past.
    Agenda(calendar::Zone zone, Moment now) : zone_(std::move(zone)), last_(now) {}

    calendar::Zone const& zone() const { return zone_; }

    /// Forgets all jobs, but not what time it was.
    void clear() { jobs_.clear(); }

    usize add(Schedule const& schedule);

    /// The jobs to run now, each once.
    Vector<usize> take_due(Moment now);

    /// When the next one is due, in seconds since 1970; nothing when none ever is.
    std::optional<i64> next() const;

private:
    struct Job {
        Schedule schedule;
        std::optional<i64> next;
    };

    i64 last_second() const { return calendar::floor_divide(last_.wall, 1000); }

    void clock_was_set(i64 before, i64 now);

    calendar::Zone zone_;
    Vector<Job> jobs_;
    Moment last_;
    i64 mark_ = INT64_MIN; ///< the time from which the clock was put back: till then, nothing
                           ///< that is meant for a time runs again
};

} // namespace cron
