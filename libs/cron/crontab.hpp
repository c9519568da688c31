// Files of jobs, as crontab(5) describes them.
#pragma once

#include "libs/base/vector.hpp"
#include "libs/cron/schedule.hpp"

namespace cron {

struct Entry {
    std::optional<Schedule> schedule; ///< without one, it runs once when the machine has started
    String user;                      ///< only in a table of the system
    String command;                   ///< for the shell
    String input;                     ///< what `%` begins; ends with a newline unless empty
    u32 line = 0;
    u32 variables = 0; ///< how many of the table's variables stand before it
};

/// A line that is neither; the others are used all the same.
struct Problem {
    u32 line;
    String what;
};

struct Crontab {
    Vector<Entry> entries;
    Vector<String> variables; ///< "NAME=value", in the order of the lines
    Vector<Problem> problems;
};

/// A table of the system has a user behind the fields, a user's own has none.
enum class Form { user, system };

Crontab parse_crontab(std::string_view text, Form form);

} // namespace cron
