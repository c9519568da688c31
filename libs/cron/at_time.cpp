// Times as at(1) takes them: the parser.
#include "libs/cron/at_time.hpp"

#include "libs/base/format.hpp"
#include "libs/cron/text.hpp"

namespace cron {
namespace {

using calendar::day_length;
using calendar::minute_length;

struct Named {
    std::string_view name;
    i64 value;
};

constexpr Named times[] = {{"noon", 12 * 60}, {"midnight", 0}, {"teatime", 16 * 60}};
constexpr Named units[] = {
    {"minute", 1}, {"min", 1}, {"hour", 60}, {"day", 1'440}, {"week", 10'080}};
constexpr std::string_view weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                         "thursday", "friday", "saturday"};

/// "4:30pm" as minutes from midnight; also 1630, and 16:30.
std::optional<i64> time_of_day(std::string_view text) {
    bool const afternoon = text.ends_with("pm");
    bool const half = afternoon || text.ends_with("am");
    if (half)
        text.remove_suffix(2);
    auto const colon = text.find(':');
    std::optional<u32> hour;
    std::optional<u32> minute = 0;
    if (colon != text.npos) {
        hour = parse_number(text.substr(0, colon));
        minute = text.size() == colon + 3 ? parse_number(text.substr(colon + 1)) : std::nullopt;
    } else if (text.size() == 4) {
        hour = parse_number(text.substr(0, 2));
        minute = parse_number(text.substr(2));
    } else if (half) {
        hour = parse_number(text);
    }
    if (!hour || !minute || *minute > 59 || *hour > (half ? 12 : 23) || (half && *hour == 0))
        return std::nullopt;
    if (half)
        hour = *hour % 12 + (afternoon ? 12 : 0);
    return i64{*hour} * 60 + *minute;
}

class Parser {
public:
    Parser(std::string_view text, i64 now, calendar::Zone const& zone)
        : rest_(text), now_(now), zone_(zone) {
        skip_blanks(rest_);
    }

    std::expected<i64, String> parse() {
        if (rest_.empty())
            return std::unexpected(String("no time is given"));
        while (!rest_.empty()) {
            if (rest_[0] == '+') {
                rest_.remove_prefix(1);
                skip_blanks(rest_);
                if (!increment())
                    return std::unexpected(problem_);
            } else if (auto const word = take_word(rest_); !take(word)) {
                return std::unexpected(
                    format("'{}' is no time; those are, for example: now + 5 minutes, 16:30, "
                           "2026-12-24 18:00",
                           word));
            }
        }
        return result();
    }

private:
    bool take(std::string_view word) {
        if (word == "now" && !now_given_ && !minutes_ && !day_) {
            now_given_ = true;
            return true;
        }
        if (now_given_)
            return false;
        if (auto const minutes = time_word(word); minutes && !minutes_) {
            minutes_ = minutes;
            return true;
        }
        if (auto const day = day_word(word); day && !day_) {
            day_ = day;
            return true;
        }
        return false;
    }

    static std::optional<i64> time_word(std::string_view word) {
        for (auto const& time : times)
            if (time.name == word)
                return time.value;
        return time_of_day(word);
    }

    i64 today() const { return calendar::floor_divide(zone_.local(now_), day_length); }

    std::optional<i64> day_word(std::string_view word) const {
        if (word == "today")
            return today();
        if (word == "tomorrow")
            return today() + 1;
        for (i64 i = 0; auto const name : weekdays) {
            if (word == name || word == name.substr(0, 3))
                return today() + (i + 7 - zone_.date(now_).weekday) % 7;
            ++i;
        }
        constexpr usize date_only = 10;
        auto const date = word.size() == date_only ? calendar::parse_date(word) : std::nullopt;
        return date ? std::optional(*date / day_length) : std::nullopt;
    }

    /// "5 minutes", "1 hour".
    bool increment() {
        auto const count_word = take_word(rest_);
        auto const unit_word = take_word(rest_);
        auto const count = parse_number(count_word);
        constexpr u32 most = 10'000'000;
        if (!count || *count > most) {
            problem_ = format("'{}' is no count of minutes, hours, days or weeks", count_word);
            return false;
        }
        for (auto const& unit : units)
            if (unit_word == unit.name ||
                (unit_word.ends_with('s') &&
                 unit_word.substr(0, unit_word.size() - 1) == unit.name)) {
                later_ += *count * unit.value;
                return true;
            }
        problem_ = format("'{}' is no unit: minutes, hours, days or weeks are", unit_word);
        return false;
    }

    std::expected<i64, String> result() const {
        i64 moment = now_;
        if (minutes_ || day_) {
            i64 const of_day = minutes_ ? *minutes_ * minute_length
                                        : calendar::floor_divide(zone_.local(now_), minute_length) *
                                                  minute_length -
                                              today() * day_length;
            moment = zone_.moment_of(day_.value_or(today()) * day_length + of_day);
            if (!day_ && moment <= now_)
                moment = zone_.moment_of((today() + 1) * day_length + of_day);
        }
        moment =
            calendar::floor_divide(moment, minute_length) * minute_length + later_ * minute_length;
        if (moment < calendar::floor_divide(now_, minute_length) * minute_length)
            return std::unexpected(String("that is in the past"));
        return moment;
    }

    std::string_view rest_;
    i64 now_;
    calendar::Zone const& zone_;
    bool now_given_ = false;
    std::optional<i64> minutes_; ///< from midnight
    std::optional<i64> day_;     ///< since 1970, on the wall
    i64 later_ = 0;              ///< minutes
    String problem_;
};

} // namespace

std::expected<i64, String> parse_at_time(std::string_view text, i64 now,
                                         calendar::Zone const& zone) {
    return Parser(text, now, zone).parse();
}

} // namespace cron
