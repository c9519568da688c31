// The fields of a schedule, and the minutes that match them.
#include "libs/cron/schedule.hpp"

#include "libs/base/format.hpp"
#include "libs/cron/text.hpp"

#include <span>

namespace cron {
namespace {

using calendar::Date;

struct Field {
    std::string_view name;
    u32 least;
    u32 most;
    std::string_view names; ///< of three letters each, for `least` and what follows it
};

constexpr Field fields[] = {
    {"minute", 0, 59, ""},
    {"hour", 0, 23, ""},
    {"day of the month", 1, 31, ""},
    {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"weekday", 0, 7, "sunmontuewedthufrisat"},
};

struct Shorthand {
    std::string_view word;
    std::string_view fields;
};

constexpr Shorthand shorthands[] = {
    {"yearly", "0 0 1 1 *"}, {"annually", "0 0 1 1 *"}, {"monthly", "0 0 1 * *"},
    {"weekly", "0 0 * * 0"}, {"daily", "0 0 * * *"},    {"midnight", "0 0 * * *"},
    {"hourly", "0 * * * *"},
};

constexpr char small(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

/// A number, or a name of that field.
std::optional<u32> value_of(std::string_view text, Field const& field) {
    if (auto const number = parse_number(text))
        return number;
    for (usize i = 0; text.size() == 3 && i < field.names.size(); i += 3)
        if (small(text[0]) == field.names[i] && small(text[1]) == field.names[i + 1] &&
            small(text[2]) == field.names[i + 2])
            return field.least + static_cast<u32>(i / 3);
    return std::nullopt;
}

std::expected<u32, String> checked_value(std::string_view text, Field const& field) {
    auto const value = value_of(text, field);
    if (!value)
        return std::unexpected(format("{}: '{}' is no number{}", field.name, text,
                                      field.names.empty() ? "" : " and no name"));
    if (*value < field.least || *value > field.most)
        return std::unexpected(
            format("{}: {} is not from {} to {}", field.name, text, field.least, field.most));
    return *value;
}

/// `*`, a value or a range, and perhaps a step behind a slash.
std::expected<u64, String> parse_element(std::string_view text, Field const& field) {
    auto const slash = text.find('/');
    auto const range = text.substr(0, slash);
    u32 first = field.least;
    u32 last = field.most;
    if (range != "*") {
        auto const dash = range.find('-');
        auto const from = checked_value(range.substr(0, dash), field);
        if (!from)
            return std::unexpected(from.error());
        first = last = *from;
        if (dash != range.npos) {
            auto const to = checked_value(range.substr(dash + 1), field);
            if (!to)
                return std::unexpected(to.error());
            last = *to;
            if (last < first)
                return std::unexpected(format("{}: {} goes backwards", field.name, range));
        } else if (slash != text.npos) {
            return std::unexpected(format("{}: a step needs a range before it, as {}-{}{}",
                                          field.name, range, field.most, text.substr(slash)));
        }
    }
    u32 step = 1;
    if (slash != text.npos) {
        auto const number = parse_number(text.substr(slash + 1));
        if (!number || *number == 0)
            return std::unexpected(
                format("{}: '{}' is no step", field.name, text.substr(slash + 1)));
        step = *number;
    }
    u64 bits = 0;
    for (u64 value = first; value <= last; value += step)
        bits |= u64{1} << value;
    return bits;
}

std::expected<u64, String> parse_field(std::string_view text, Field const& field) {
    if (text.empty())
        return std::unexpected(format("the {} is missing", field.name));
    u64 bits = 0;
    for (;;) {
        auto const comma = text.find(',');
        auto const element = parse_element(text.substr(0, comma), field);
        if (!element)
            return element;
        bits |= *element;
        if (comma == text.npos)
            return bits;
        text.remove_prefix(comma + 1);
    }
}

} // namespace

std::expected<Schedule, String> Schedule::take(std::string_view& text) {
    if (text.starts_with('@')) {
        auto const word = take_word(text).substr(1);
        for (auto const& shorthand : shorthands) {
            auto meaning = shorthand.fields;
            if (shorthand.word == word)
                return take(meaning);
        }
        return std::unexpected(format("there is no @{}", word));
    }
    u64 bits[std::size(fields)] = {};
    bool star[std::size(fields)] = {};
    for (usize i = 0; i < std::size(fields); ++i) {
        auto const word = take_word(text);
        auto const parsed = parse_field(word, std::span(fields).data()[i]);
        if (!parsed)
            return std::unexpected(parsed.error());
        std::span(bits).data()[i] = *parsed;
        std::span(star).data()[i] = word.starts_with('*');
    }
    Schedule schedule;
    schedule.minutes_ = bits[0];
    schedule.hours_ = static_cast<u32>(bits[1]);
    schedule.days_ = static_cast<u32>(bits[2]);
    schedule.months_ = static_cast<u16>(bits[3]);
    schedule.weekdays_ = static_cast<u8>((bits[4] | bits[4] >> 7) & 0x7f); // 7 is Sunday, too
    schedule.any_day_ = star[2] || star[4];
    schedule.follows_clock_ = star[0] || star[1];
    return schedule;
}

bool Schedule::matches_day(Date const& date) const {
    bool const day = (days_ >> date.day & 1) != 0;
    bool const weekday = (weekdays_ >> date.weekday & 1) != 0;
    return (months_ >> date.month & 1) != 0 && (any_day_ ? day && weekday : day || weekday);
}

bool Schedule::matches(Date const& local) const {
    return (minutes_ >> local.minute & 1) != 0 && (hours_ >> local.hour & 1) != 0 &&
           matches_day(local);
}

std::optional<i64> Schedule::next_local(i64 from, i64 until) const {
    constexpr i64 day_minutes = 24 * 60;
    for (i64 day = calendar::floor_divide(from, day_minutes); day * day_minutes < until; ++day) {
        if (!matches_day(calendar::date_of(day * calendar::day_length)))
            continue;
        for (u32 hour = 0; hour < 24; ++hour) {
            i64 const start = day * day_minutes + i64{hour} * 60;
            if ((hours_ >> hour & 1) == 0 || start + 60 <= from)
                continue;
            u64 const past = from > start ? static_cast<u64>(from - start) : 0;
            if (u64 const left = minutes_ >> past << past) {
                i64 const found = start + __builtin_ctzll(left);
                return found < until ? std::optional(found) : std::nullopt;
            }
        }
    }
    return std::nullopt;
}

} // namespace cron
