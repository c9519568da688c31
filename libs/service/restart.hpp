// Whether a service that ended starts again, and when.
#pragma once

#include "libs/service/unit.hpp"

namespace service {

/// How a run of a service ended.
struct End {
    enum class How : u8 {
        exit,       ///< number is its status
        signal,     ///< number is the signal
        late,       ///< it was not ready in time, and was ended
        unstartable ///< its program could not be run; number is 1 when it may go better next time
    };

    How how = How::exit;
    int number = 0;

    bool good() const { return how == How::exit && number == 0; }

    /// As shells say it.
    int as_exit_code() const {
        return how == How::exit ? number : how == How::signal ? 128 + number : 127;
    }
};

/// "ended with status 1", "was killed by signal 11", ...
String end_text(End const& end);

/// Counts the ends in a row. Each doubles the delay, up to a limit; a run that was long enough
/// forgets them.
class Backoff {
public:
    struct Decision {
        enum class What : u8 { again, leave, give_up };

        What what;
        Nanoseconds delay;
    };

    Decision after(Unit const& unit, End const& end, Nanoseconds ran);

    void forget() { in_a_row_ = 0; }

    u32 in_a_row() const { return in_a_row_; }

private:
    u32 in_a_row_ = 0;
};

} // namespace service
