// The policy of restarts.
#include "libs/service/restart.hpp"

#include <algorithm>

namespace service {

String end_text(End const& end) {
    String text;
    StringSink sink(text);
    switch (end.how) {
    case End::How::exit:
        format_to(sink, "ended with status {}", end.number);
        break;
    case End::How::signal:
        format_to(sink, "was killed by signal {}", end.number);
        break;
    case End::How::late:
        sink.write("was not ready in time");
        break;
    case End::How::unstartable:
        sink.write("could not be started");
        break;
    }
    return text;
}

Backoff::Decision Backoff::after(Unit const& unit, End const& end, Nanoseconds ran) {
    using enum Decision::What;
    bool const for_good = end.how == End::How::unstartable && end.number == 0;
    bool const crashed = end.how != End::How::exit;
    bool const wished = unit.restart == Restart::always ||
                        (unit.restart == Restart::failure && !end.good()) ||
                        (unit.restart == Restart::crash && crashed);
    if (for_good || !wished)
        return {leave, {}};
    if (ran >= unit.steady_after)
        in_a_row_ = 0;
    if (unit.restart_limit != 0 && in_a_row_ >= unit.restart_limit)
        return {give_up, {}};
    i64 delay = unit.restart_delay.count();
    for (u32 i = 0; i < in_a_row_ && delay < unit.restart_delay_limit.count(); ++i)
        delay *= 2; // at most twice a day
    if (in_a_row_ != UINT32_MAX)
        ++in_a_row_;
    return {again, std::min(Nanoseconds(delay), unit.restart_delay_limit)};
}

} // namespace service
