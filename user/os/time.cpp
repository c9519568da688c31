// Clocks, sleeping, the calendar.
#include "user/os/time.hpp"

#include "user/os/kernel_time.hpp"

namespace os {
namespace {

using core::call;
using core::Syscall;

constexpr int realtime = 0;
constexpr int monotonic = 1;
constexpr int process_time = 2;
constexpr int absolute = 1;

Nanoseconds read(int clock) noexcept {
    uapi::timespec at = {};
    call(Syscall::clock_gettime, clock, &at);
    return Nanoseconds::seconds(at.seconds) + Nanoseconds(at.nanoseconds);
}

} // namespace

Nanoseconds now() noexcept {
    return read(monotonic);
}

Nanoseconds clock_time() noexcept {
    return read(realtime);
}

Nanoseconds processor_time() noexcept {
    return read(process_time);
}

void sleep(Nanoseconds time) noexcept {
    sleep_until(now() + time);
}

void sleep_until(Nanoseconds when) noexcept {
    auto const at = kernel_time(when);
    while (call(Syscall::clock_nanosleep, monotonic, absolute, &at, nullptr) ==
           -static_cast<long>(Errno::eintr)) {
    }
}

} // namespace os
