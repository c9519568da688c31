// Unit: what a unit file says about a service.
#pragma once

#include "libs/base/units.hpp"
#include "libs/service/problem.hpp"

#include <optional>

namespace service {

/// When those that need a service may start.
enum class Ready : u8 {
    start,  ///< its program runs
    exit,   ///< it ended with status 0: a task, not a daemon
    notify, ///< it wrote a line to the descriptor that READY_FD names
    file,   ///< a file appeared, or was made anew
};

/// After which ends it starts again.
enum class Restart : u8 { always, failure, crash, never };

/// What its end, when it is not started again, means for the system.
enum class AtEnd : u8 { nothing, shutdown };

enum class Start : u8 { boot, demand };

/// Where its output goes besides init's memory.
enum class Log : u8 { all, memory };

/// A name in another unit, and where it stands.
struct Reference {
    String name;
    u32 line;
};

struct Unit {
    String name; ///< of the file, without .toml
    String description;
    Vector<String> command;
    Vector<Reference> needs;
    Vector<Reference> after;
    Vector<String> environment;
    String directory, user, terminal, input, output, error, ready_file;
    Nanoseconds ready_within = Nanoseconds::seconds(30);
    Nanoseconds restart_delay = Nanoseconds::milliseconds(100);
    Nanoseconds restart_delay_limit = Nanoseconds::seconds(30);
    Nanoseconds steady_after = Nanoseconds::seconds(10);
    Nanoseconds stop_within = Nanoseconds::seconds(5);
    u32 restart_limit = 8; ///< restarts in a row; 0 is no limit
    int stop_signal = 15;
    Ready ready = Ready::start;
    Restart restart = Restart::always;
    AtEnd at_end = AtEnd::nothing;
    Start start = Start::boot;
    Log log = Log::all;
    Problems problems; ///< if there are any it cannot be started
};

/// Never fails: what is wrong is in Unit::problems.
Unit parse_unit(std::string_view name, std::string_view text);

/// Of a unit: 1 to 32 lowercase letters, digits, `-`, `_`, `.`, the first a letter or digit.
bool is_name(std::string_view name);

/// "250ms", "10s", "5m", "1h"; from 1ms to 24h.
std::optional<Nanoseconds> parse_duration(std::string_view text);

/// "1.2s", "3m 5s": for people.
String duration_text(Nanoseconds time);

} // namespace service
