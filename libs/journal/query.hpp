// Which records somebody wants to see.
#pragma once

#include "libs/journal/record.hpp"

namespace journal {

struct Query {
    std::string_view services = {}; ///< names with commas between; empty: all
    u8 priority = 7;                ///< so important or more
    i64 since = INT64_MIN;          ///< microseconds since 1970
    i64 until = INT64_MAX;          ///< the last that counts
    std::string_view substring = {};

    bool matches(Record const& record) const;
};

/// "10m" as microseconds: s, m, h or d behind a number.
std::optional<i64> parse_duration(std::string_view text);

} // namespace journal
