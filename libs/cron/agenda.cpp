// What is due when.
#include "libs/cron/agenda.hpp"

#include <algorithm>

namespace cron {

using calendar::floor_divide;
using calendar::minute_length;

namespace {

/// Whoever comes later than that runs a job that was due several times only once.
constexpr i64 catching_up = 5 * minute_length;
/// A clock that is off by less was not set, but steered.
constexpr i64 steered = 1'000;

} // namespace

usize Agenda::add(Schedule const& schedule) {
    i64 const after = schedule.follows_clock() ? last_second() : std::max(last_second(), mark_);
    jobs_.push_back({schedule, next_run(schedule, zone_, after)});
    return jobs_.size() - 1;
}

void Agenda::clock_was_set(i64 before, i64 now) {
    i64 const by = now - before;
    bool const corrected = by >= correction || by <= -correction;
    i64 const minute = floor_divide(now, minute_length);
    // What the new time says of the minute that it is in, too, unless it began before.
    i64 const after =
        minute == floor_divide(before, minute_length) ? now : minute * minute_length - 1;
    if (corrected)
        mark_ = INT64_MIN;
    else if (by < 0)
        mark_ = std::max(mark_, before);
    for (auto& job : jobs_) {
        bool const small_gap = by > 0 && by <= catching_up;
        if (corrected || (job.schedule.follows_clock() && !small_gap))
            job.next = next_run(job.schedule, zone_, after);
    }
}

Vector<usize> Agenda::take_due(Moment now) {
    i64 const expected = last_.wall + (now.steady - last_.steady);
    i64 const second = floor_divide(now.wall, 1000);
    if (now.wall - expected >= steered || now.wall - expected <= -steered)
        clock_was_set(floor_divide(expected, 1000), second);
    Vector<usize> due;
    for (usize i = 0; i < jobs_.size(); ++i) {
        auto& job = jobs_[i];
        if (!job.next || *job.next > second)
            continue;
        due.push_back(i);
        i64 const done = second - *job.next < catching_up ? *job.next : second;
        job.next = next_run(job.schedule, zone_, done);
    }
    last_ = now;
    return due;
}

std::optional<i64> Agenda::next() const {
    std::optional<i64> first;
    for (auto const& job : jobs_)
        if (job.next && (!first || *job.next < *first))
            first = job.next;
    return first;
}

} // namespace cron
