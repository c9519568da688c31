// Waiting for several descriptors, signals and a time at once.
#pragma once

#include "abi/poll.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/id.hpp"
#include "libs/base/units.hpp"
#include "user/os/signal.hpp"

#include <span>

namespace os {

using Ready = uapi::Poll;

/// A descriptor, what is asked of it, and what it is ready for. Laid out as Linux's struct pollfd.
class Awaited {
public:
    Awaited(Fd fd, Flags<Ready> events) noexcept
        : fd_(fd), events_(static_cast<u16>(events.bits())) {}

    Fd fd() const noexcept { return fd_; }

    /// Also error, hang_up and invalid, which need not be asked for.
    bool is(Flags<Ready> any) const noexcept { return (ready_ & any.bits()) != 0; }

    /// Whether read() will not wait: there is something, or the end, or an error.
    bool readable() const noexcept {
        return is(Ready::in | Flags(Ready::hang_up) | Ready::error | Ready::invalid);
    }

private:
    Fd fd_;
    u16 events_;
    u16 ready_ = 0;
};

static_assert(sizeof(Awaited) == sizeof(uapi::pollfd));

/// How many are ready: 0 when the time is over. EINTR when a signal was handled. With `blocked`,
/// only those signals are blocked while it waits.
Result<usize> poll(std::span<Awaited> list, Nanoseconds patience = Nanoseconds::never());
Result<usize> poll(std::span<Awaited> list, Nanoseconds patience, SignalSet blocked);

} // namespace os
