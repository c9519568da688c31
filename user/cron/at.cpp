// at: notes a script that crond runs once, at a time.
#include "libs/cron/at_time.hpp"
#include "user/os/system.hpp"
#include "user/os/time.hpp"
#include "user/os/zone.hpp"
#include "user/spool/spool.hpp"

#include <algorithm>

namespace {

constexpr Option options[] = {
    {'f', "file", "read the commands from there", "FILE"},
    spool::at_option,
    spool::run_option,
    spool::now_option,
};

/// For the shell, whatever is in it.
String quoted(std::string_view text) {
    String result = "'";
    for (char const character : text) {
        if (character == '\'')
            result.append("'\\''");
        else
            result.push_back(character);
    }
    result.push_back('\'');
    return result;
}

/// What belongs to the terminal or the shell here, not to the job.
bool is_kept(std::string_view name) {
    for (std::string_view const other :
         {"TERM", "DISPLAY", "_", "SHLVL", "PWD", "OLDPWD", "BASH_VERSINFO", "EUID", "UID", "PPID",
          "SHELLOPTS", "BASHOPTS"})
        if (name == other)
            return false;
    for (char const character : name)
        if (character != '_' && (character < '0' || character > '9') &&
            (character < 'A' || character > 'Z') && (character < 'a' || character > 'z'))
            return false;
    return !name.empty() && (name[0] < '0' || name[0] > '9');
}

/// The commands, in the surroundings that there are now.
String script_of(std::string_view commands) {
    auto const mask = os::set_creation_mask(os::Mode(077));
    String script = format("#!/bin/sh\numask {:04o}\n", mask);
    for (auto const entry : os::environment()) {
        auto const name = entry.substr(0, entry.find('='));
        if (is_kept(name) && name.size() < entry.size())
            script.append(format("export {}={}\n", name, quoted(entry.substr(name.size() + 1))));
    }
    if (auto const directory = os::working_directory())
        script.append(format("cd {} || exit 1\n", quoted(*directory)));
    script.append(commands);
    if (!commands.ends_with('\n'))
        script.push_back('\n');
    return script;
}

Result<u32> add(std::string_view directory, i64 time, std::string_view script) {
    auto const lock = TRY(os::File::create(format("{}/.lock", directory), os::Mode(0600)));
    TRY(lock.lock());
    u32 number = 0;
    for (auto const& job : TRY(spool::at_jobs(directory)))
        number = std::max(number, job.number);
    constexpr u32 most = 0xfffff;
    number = number == most ? 1 : number + 1;
    auto const path = format("{}/{}", directory, spool::at_name(number, time));
    auto const file = TRY(
        os::File::open(path, os::Open::write_only | Flags(os::Open::create) | os::Open::exclusive,
                       os::Mode(0600)));
    auto written = file.write(script);
    if (written)
        written = os::change_mode(path, os::Mode(0700)); // crond takes it from now on
    if (!written) {
        (void)os::remove(path);
        return std::unexpected(written.error());
    }
    return number;
}

} // namespace

int main() {
    CommandLine const line("TIME...",
                           "Reads commands from standard input and has them run once, at a time: "
                           "now + 5 minutes, 16:30, 2026-12-24 18:00.",
                           options);
    line.need_operands(1);
    String words;
    for (auto const word : line.operands())
        words.append(format("{} ", word));
    auto const zone = os::local_zone();
    auto const clock = os::clock_time();
    auto const now = clock + spool::clock_offset(line, clock);
    auto const time = cron::parse_at_time(words, now.count() / 1'000'000'000, zone);
    if (!time)
        os::die(2, "{}", time.error());
    String commands;
    if (auto const path = line.value('f')) {
        auto text = os::read_file(*path);
        if (!text)
            os::die(1, "{}: {}", *path, text.error());
        commands = std::move(*text);
    } else if (auto const read = os::in.read_all(commands); !read) {
        os::die(1, "standard input: {}", read.error());
    }
    auto const directory = spool::place(line, "at-directory", spool::at_directory);
    (void)os::make_directories(directory, os::Mode(0755));
    auto const script = script_of(commands);
    auto const number = add(directory, *time, script);
    if (!number)
        os::die(1, "{}: {}", directory, number.error());
    auto const date = zone.date(*time);
    os::print("job {} at {}-{:02}-{:02} {:02}:{:02}\n", *number, date.year, date.month, date.day,
              date.hour, date.minute);
    spool::wake_crond(spool::place(line, "run-directory", spool::run_directory));
    return exit_status();
}
