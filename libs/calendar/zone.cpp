// Time zones.
#include "libs/calendar/zone.hpp"

#include <algorithm>

namespace calendar {

Stretch Zone::at(i64 seconds) const {
    auto const* const next =
        std::upper_bound(changes_.begin(), changes_.end(), seconds,
                         [](i64 moment, Change const& change) { return moment < change.at; });
    Stretch found;
    if (next == changes_.end() && rule_)
        found = rule_->at(seconds);
    else
        found.offset = next == changes_.begin() ? first_ : (next - 1)->offset;
    if (next != changes_.begin())
        found.start = std::max(found.start, (next - 1)->at);
    if (next != changes_.end())
        found.end = next->at;
    return found;
}

i64 Zone::moment_of(i64 local) const {
    // No zone is further away from Greenwich than this.
    constexpr i64 most = 26 * hour_length;
    for (i64 from = local - most;;) {
        auto const stretch = at(from);
        i64 const moment = std::max(from, local - stretch.offset);
        if (moment < stretch.end)
            return moment;
        from = stretch.end;
    }
}

} // namespace calendar
