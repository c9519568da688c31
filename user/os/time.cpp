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

namespace {

constexpr i64 day_length = 86'400;

/// Floor division: also before 1970.
constexpr i64 floor_divide(i64 a, i64 b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// Days from 1970-01-01 to the first of a March-based year's month: years that start in March have
/// their leap day at the end.
constexpr i64 days_of(i64 year, u32 month, u32 day) {
    i64 const shifted = month > 2 ? year : year - 1;
    i64 const from_march = (month + 9) % 12;
    i64 const leap_days =
        floor_divide(shifted, 4) - floor_divide(shifted, 100) + floor_divide(shifted, 400);
    constexpr i64 to_1970 = 719'468;
    return shifted * 365 + leap_days + (from_march * 306 + 5) / 10 + day - 1 - to_1970;
}

static_assert(days_of(1970, 1, 1) == 0 && days_of(2000, 3, 1) == 11'017);

} // namespace

i64 seconds_of(Date const& date) noexcept {
    return days_of(date.year, date.month, date.day) * day_length + i64{date.hour} * 3600 +
           i64{date.minute} * 60 + date.second;
}

Date date_of(i64 seconds) noexcept {
    i64 const days = floor_divide(seconds, day_length);
    auto const of_day = static_cast<u32>(seconds - days * day_length);
    i64 year = 1970 + floor_divide(days * 400, 146'097); // right, or one too many or few
    while (days_of(year + 1, 1, 1) <= days)
        ++year;
    while (days_of(year, 1, 1) > days)
        --year;
    u32 month = 1;
    while (month < 12 && days_of(year, month + 1, 1) <= days)
        ++month;
    return {.year = year,
            .month = month,
            .day = static_cast<u32>(days - days_of(year, month, 1)) + 1,
            .hour = of_day / 3600,
            .minute = of_day / 60 % 60,
            .second = of_day % 60,
            .weekday = static_cast<u32>((days % 7 + 11) % 7)};
}

} // namespace os
