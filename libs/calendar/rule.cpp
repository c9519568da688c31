// Time zones as POSIX writes them.
#include "libs/calendar/rule.hpp"

#include "libs/base/bug.hpp"
#include "libs/calendar/date.hpp"

#include <algorithm>
#include <span>

namespace calendar {

/// Takes the text piece by piece; each function answers whether its piece was there.
class RuleParser {
public:
    explicit RuleParser(std::string_view text) : rest_(text) {}

    std::optional<Rule> parse() {
        Rule rule;
        if (!name() || !offset(rule.standard_))
            return std::nullopt;
        if (rest_.empty())
            return rule;
        rule.has_daylight_ = true;
        rule.daylight_ = rule.standard_ + static_cast<i32>(hour_length);
        if (!name() || (!rest_.empty() && rest_[0] != ',' && !offset(rule.daylight_)))
            return std::nullopt;
        if (rest_.empty())
            rest_ = ",M3.2.0,M11.1.0";
        if (!take(',') || !change(rule.begin_) || !take(',') || !change(rule.end_) ||
            !rest_.empty())
            return std::nullopt;
        return rule;
    }

private:
    static bool is_digit(char character) { return character >= '0' && character <= '9'; }

    static bool is_letter(char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }

    bool take(char wanted) {
        if (!rest_.starts_with(wanted))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Three letters or more, or anything of letters, digits and signs in angle brackets.
    bool name() {
        bool const quoted = take('<');
        usize length = 0;
        while (
            length < rest_.size() &&
            (is_letter(rest_[length]) ||
             (quoted && (is_digit(rest_[length]) || rest_[length] == '+' || rest_[length] == '-'))))
            ++length;
        rest_.remove_prefix(length);
        return length >= 3 && (!quoted || take('>'));
    }

    bool number(u32 most, u32& value) {
        if (rest_.empty() || !is_digit(rest_[0]))
            return false;
        value = 0;
        while (!rest_.empty() && is_digit(rest_[0])) {
            value = value * 10 + static_cast<u32>(rest_[0] - '0');
            rest_.remove_prefix(1);
            if (value > most)
                return false;
        }
        return true;
    }

    /// [+-]hh[:mm[:ss]]
    bool time(u32 most_hours, i32& seconds) {
        i32 const sign = take('-') ? -1 : 1;
        if (sign == 1)
            take('+');
        u32 hours = 0;
        u32 minutes = 0;
        u32 rest = 0;
        if (!number(most_hours, hours))
            return false;
        if (take(':') && (!number(59, minutes) || (take(':') && !number(59, rest))))
            return false;
        seconds = sign * static_cast<i32>(hours * 3600 + minutes * 60 + rest);
        return true;
    }

    /// POSIX counts westwards.
    bool offset(i32& east) {
        if (!time(24, east))
            return false;
        east = -east;
        return true;
    }

    bool change(Rule::Change& change) {
        u32 day = 0;
        if (take('M')) {
            u32 month = 0;
            u32 week = 0;
            if (!number(12, month) || !take('.') || !number(5, week) || !take('.') ||
                !number(6, day) || month == 0 || week == 0)
                return false;
            change.kind = Rule::Change::Kind::weekday;
            change.month = static_cast<u8>(month);
            change.week = static_cast<u8>(week);
        } else {
            bool const julian = take('J');
            change.kind = julian ? Rule::Change::Kind::julian : Rule::Change::Kind::day;
            if (!number(365, day) || (julian && day == 0))
                return false;
        }
        change.day = static_cast<u16>(day);
        return !take('/') || time(167, change.time);
    }

    std::string_view rest_;
};

std::optional<Rule> Rule::parse(std::string_view text) {
    return RuleParser(text).parse();
}

i64 Rule::Change::in_year(i64 year) const {
    i64 const first = days_of(year, 1, 1);
    i64 found = first + day;
    if (kind == Kind::julian)
        found = first + day - (days_in_month(year, 2) == 29 && day >= 60 ? 0 : 1);
    if (kind == Kind::weekday) {
        i64 const month_start = days_of(year, month, 1);
        i64 const weekday = ((month_start + 4) % 7 + 7) % 7;
        found = month_start + (day + 7 - weekday) % 7 + (week - 1) * 7;
        if (found >= month_start + days_in_month(year, month))
            found -= 7;
    }
    return found * day_length + time;
}

Stretch Rule::at(i64 seconds) const {
    if (!has_daylight_)
        return {.offset = standard_};

    struct Moment {
        i64 at;
        bool daylight; ///< from then on
    };

    i64 const year = date_of(seconds).year;
    constexpr i64 years = 5; // a change may lie days outside of its year
    Moment moments[years * 2];
    usize count = 0;
    for (i64 i = year - years / 2; i <= year + years / 2; ++i) {
        // Where both fall on one moment it is daylight-saving time all year.
        std::span(moments).data()[count++] = {end_.in_year(i) - daylight_, false};
        std::span(moments).data()[count++] = {begin_.in_year(i) - standard_, true};
    }
    std::sort(std::begin(moments), std::end(moments), [](Moment const& a, Moment const& b) {
        return a.at != b.at ? a.at < b.at : a.daylight < b.daylight;
    });
    auto const* const next =
        std::find_if(std::begin(moments), std::end(moments),
                     [&](Moment const& moment) { return moment.at > seconds; });
    ensure(next != std::begin(moments) && next != std::end(moments), "a rule without an end");
    auto const* const last = next - 1;
    return {last->at, next->at, last->daylight ? daylight_ : standard_};
}

} // namespace calendar
