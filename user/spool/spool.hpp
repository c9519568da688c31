// Where jobs lie: one-shot ones in /var/spool/at, tables in /var/spool/cron.
#pragma once

#include "user/options/options.hpp"
#include "user/os/file.hpp"

namespace spool {

inline constexpr std::string_view at_directory = "/var/spool/at";
inline constexpr std::string_view table_directory = "/var/spool/cron";
/// What crond listens to: a byte here makes it look at once.
inline constexpr std::string_view run_directory = "/run";

/// Options that crond, at and crontab share, so that all of it can be somewhere else, and at
/// another time.
inline constexpr Option at_option = {0, "at-directory",
                                     "of one-shot jobs, in place of /var/spool/at", "DIRECTORY"};
inline constexpr Option table_option = {
    0, "table-directory", "of users' tables, in place of /var/spool/cron", "DIRECTORY"};
inline constexpr Option run_option = {0, "run-directory", "of crond's FIFO, in place of /run",
                                      "DIRECTORY"};
inline constexpr Option now_option = {0, "now", "as if it were that time: YYYY-MM-DD HH:MM:SS",
                                      "TIME"};

/// The file or directory that an option says, or the usual one: from the root.
String place(CommandLine const& line, std::string_view option, std::string_view usual);

/// What to add to the clock, which shows `now`, for --now. Ends the program with 2 when that is no
/// time.
Nanoseconds clock_offset(CommandLine const& line, Nanoseconds now);

/// A one-shot job: a script of its owner, in a file whose name says when: "a00001018d5c3a" is the
/// first of queue a, in minutes since 1970, both in base 16, as at(1) has it.
struct AtJob {
    u32 number;
    i64 time; ///< seconds since 1970
    String path;
};

/// In the order of their times; what else lies there is left out.
Result<Vector<AtJob>> at_jobs(std::string_view directory);
String at_name(u32 number, i64 time);

/// Makes crond look for changes now. Nothing happens when none runs: it looks when it starts.
void wake_crond(std::string_view directory);
String wake_fifo(std::string_view directory);

} // namespace spool
