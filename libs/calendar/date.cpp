// Civil time.
#include "libs/calendar/date.hpp"

namespace calendar {

/// Years that start in March have their leap day at the end.
i64 days_of(i64 year, u32 month, u32 day) noexcept {
    i64 const shifted = month > 2 ? year : year - 1;
    i64 const from_march = (month + 9) % 12;
    i64 const leap_days =
        floor_divide(shifted, 4) - floor_divide(shifted, 100) + floor_divide(shifted, 400);
    constexpr i64 to_1970 = 719'468;
    return shifted * 365 + leap_days + (from_march * 306 + 5) / 10 + day - 1 - to_1970;
}

u32 days_in_month(i64 year, u32 month) noexcept {
    i64 const next = month == 12 ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1);
    return static_cast<u32>(next - days_of(year, month, 1));
}

i64 seconds_of(Date const& date) noexcept {
    return days_of(date.year, date.month, date.day) * day_length + date.hour * hour_length +
           date.minute * minute_length + date.second;
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

namespace {

/// So many digits, and then `behind`, unless that is 0.
bool take(std::string_view& text, usize digits, char behind, u32& value) noexcept {
    if (text.size() < digits)
        return false;
    value = 0;
    for (char const digit : text.substr(0, digits)) {
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + static_cast<u32>(digit - '0');
    }
    text.remove_prefix(digits);
    if (behind == '\0')
        return true;
    bool const there = text.starts_with(behind);
    text.remove_prefix(there ? 1 : 0);
    return there;
}

} // namespace

std::optional<i64> parse_date(std::string_view text) noexcept {
    u32 year = 0;
    Date date;
    if (!take(text, 4, '-', year) || !take(text, 2, '-', date.month) ||
        !take(text, 2, '\0', date.day))
        return std::nullopt;
    date.year = year;
    if (!text.empty()) {
        if (text[0] != ' ' && text[0] != 'T')
            return std::nullopt;
        text.remove_prefix(1);
        bool const seconds = text.size() > 5;
        if (!take(text, 2, ':', date.hour) || !take(text, 2, seconds ? ':' : '\0', date.minute) ||
            (seconds && !take(text, 2, '\0', date.second)) || !text.empty())
            return std::nullopt;
    }
    if (date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in_month(date.year, date.month) || date.hour > 23 || date.minute > 59 ||
        date.second > 59)
        return std::nullopt;
    return seconds_of(date);
}

} // namespace calendar
