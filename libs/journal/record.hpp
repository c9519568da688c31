// Records of the log: what they are, and as lines of its files.
#pragma once

#include "libs/base/string.hpp"

#include <optional>

namespace journal {

/// Views live as long as the text that they were read from.
struct Record {
    i64 time = 0;    ///< microseconds since 1970, UTC
    u8 priority = 6; ///< as syslog(3): 0 is the most important, 7 the least
    std::string_view service = {};
    std::string_view text = {};
};

/// A line of a file, with its end: "2026-12-24T18:00:00.123456Z 6 crond: text". What could end the
/// line or drive a terminal is written as \xNN; a service's name keeps letters, digits and `_.@-`,
/// and at most 64 of them.
String line_of(Record const& record);

/// Nothing when it is damaged.
std::optional<Record> parse_line(std::string_view line);

/// What services write: "<PRIORITY>NAME: TEXT". Another line is of the service "unknown", whole.
Record parse_input(std::string_view line);

/// What a read of /dev/kmsg answers: "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT", and lines for
/// machines, which are left out. `time` is since the start of the machine.
struct KernelRecord {
    Record record;
    u64 sequence;
};

std::optional<KernelRecord> parse_kernel(std::string_view text);

/// "error" or "3"; also err, warn, crit, emerg, panic, as syslog has them.
std::optional<u8> parse_priority(std::string_view text);

} // namespace journal
