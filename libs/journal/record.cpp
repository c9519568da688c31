// Records of the log, as text.
#include "libs/journal/record.hpp"

#include "libs/base/format.hpp"
#include "libs/calendar/date.hpp"

#include <charconv>

namespace journal {
namespace {

constexpr usize longest_service = 64;
constexpr std::string_view time_form = "2026-12-24T18:00:00.123456Z";
constexpr usize fraction_at = 20;

std::optional<u64> parse_number(std::string_view text) {
    u64 value = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.end() ? std::optional(value)
                                                                : std::nullopt;
}

bool is_of_names(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_' || character == '.' ||
           character == '@' || character == '-';
}

bool is_control(char character) {
    return (static_cast<u8>(character) < ' ' && character != '\t') || character == '\177';
}

bool is_name(std::string_view text) {
    for (char const character : text)
        if (!is_of_names(character))
            return false;
    return !text.empty() && text.size() <= longest_service;
}

struct Name {
    std::string_view name;
    u8 priority;
};

constexpr Name priorities[] = {{"emerg", 0},  {"panic", 0}, {"alert", 1},   {"crit", 2},
                               {"error", 3},  {"err", 3},   {"warning", 4}, {"warn", 4},
                               {"notice", 5}, {"info", 6},  {"debug", 7}};

} // namespace

String line_of(Record const& record) {
    constexpr i64 million = 1'000'000;
    i64 const seconds = calendar::floor_divide(record.time, million);
    auto const date = calendar::date_of(seconds);
    String line = format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z {} ", date.year, date.month,
                         date.day, date.hour, date.minute, date.second,
                         record.time - seconds * million, record.priority);
    for (char const character : record.service.substr(0, longest_service))
        line.push_back(is_of_names(character) ? character : '_');
    line.append(record.service.empty() ? "unknown: " : ": ");
    for (char const character : record.text) {
        if (is_control(character))
            line.append(format("\\x{:02x}", static_cast<u8>(character)));
        else
            line.push_back(character);
    }
    line.push_back('\n');
    return line;
}

std::optional<Record> parse_line(std::string_view line) {
    constexpr i64 million = 1'000'000;
    if (line.size() < time_form.size() + 3 || line[time_form.size() - 1] != 'Z' ||
        line[fraction_at - 1] != '.' || line[time_form.size()] != ' ' ||
        line[time_form.size() + 2] != ' ')
        return std::nullopt;
    auto const seconds = calendar::parse_date(line.substr(0, fraction_at - 1));
    auto const fraction = parse_number(line.substr(fraction_at, 6));
    char const priority = line[time_form.size() + 1];
    auto const rest = line.substr(time_form.size() + 3);
    auto const colon = rest.find(": ");
    if (!seconds || !fraction || priority < '0' || priority > '7' || colon == rest.npos ||
        !is_name(rest.substr(0, colon)))
        return std::nullopt;
    return Record{.time = *seconds * million + static_cast<i64>(*fraction),
                  .priority = static_cast<u8>(priority - '0'),
                  .service = rest.substr(0, colon),
                  .text = rest.substr(colon + 2)};
}

Record parse_input(std::string_view line) {
    constexpr u64 most = 191; // 24 facilities of 8 priorities
    Record const broken = {.priority = 5, .service = "unknown", .text = line};
    auto const end = line.find('>');
    if (!line.starts_with('<') || end == line.npos)
        return broken;
    auto const number = parse_number(line.substr(1, end - 1));
    auto const rest = line.substr(end + 1);
    auto const colon = rest.find(": ");
    if (!number || *number > most || colon == rest.npos || !is_name(rest.substr(0, colon)))
        return broken;
    return {.priority = static_cast<u8>(*number & 7),
            .service = rest.substr(0, colon),
            .text = rest.substr(colon + 2)};
}

std::optional<KernelRecord> parse_kernel(std::string_view text) {
    auto const semicolon = text.find(';');
    if (semicolon == text.npos)
        return std::nullopt;
    auto head = text.substr(0, semicolon);
    u64 numbers[3] = {};
    for (u64& value : numbers) {
        auto const comma = head.find(',');
        auto const number = parse_number(head.substr(0, comma));
        if (!number)
            return std::nullopt;
        value = *number;
        head.remove_prefix(comma == head.npos ? head.size() : comma + 1);
    }
    auto body = text.substr(semicolon + 1);
    constexpr u64 longest_time = u64{1} << 60;
    return KernelRecord{{.time = static_cast<i64>(numbers[2] % longest_time),
                         .priority = static_cast<u8>(numbers[0] & 7),
                         .service = "kernel",
                         .text = body.substr(0, body.find('\n'))},
                        numbers[1]};
}

std::optional<u8> parse_priority(std::string_view text) {
    for (auto const& name : priorities)
        if (name.name == text)
            return name.priority;
    auto const number = parse_number(text);
    return number && *number <= 7 ? std::optional(static_cast<u8>(*number)) : std::nullopt;
}

} // namespace journal
