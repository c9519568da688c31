// Which records somebody wants to see.
#include "libs/journal/query.hpp"

#include <charconv>

namespace journal {
namespace {

bool is_in_list(std::string_view name, std::string_view list) {
    while (!list.empty()) {
        auto const comma = list.find(',');
        if (list.substr(0, comma) == name)
            return true;
        list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
    }
    return false;
}

} // namespace

bool Query::matches(Record const& record) const {
    return record.priority <= priority && record.time >= since && record.time <= until &&
           (services.empty() || is_in_list(record.service, services)) &&
           record.text.find(substring) != std::string_view::npos;
}

std::optional<i64> parse_duration(std::string_view text) {
    u32 count = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), count);
    if (parsed.ec != std::errc() || parsed.ptr + 1 != text.end())
        return std::nullopt;
    i64 seconds = 0;
    switch (*parsed.ptr) {
    case 's':
        seconds = 1;
        break;
    case 'm':
        seconds = 60;
        break;
    case 'h':
        seconds = 3'600;
        break;
    case 'd':
        seconds = 86'400;
        break;
    default:
        return std::nullopt;
    }
    constexpr u32 most = 100'000'000;
    return count <= most ? std::optional(count * seconds * 1'000'000) : std::nullopt;
}

} // namespace journal
