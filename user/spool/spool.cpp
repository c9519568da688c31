// Where jobs lie.
#include "user/spool/spool.hpp"

#include "user/os/directory.hpp"
#include "user/os/zone.hpp"

#include <algorithm>
#include <charconv>

namespace spool {
namespace {

constexpr usize number_digits = 5;
constexpr usize time_digits = 8;

std::optional<u64> hexadecimal(std::string_view text) {
    u64 value = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), value, 16);
    return parsed.ec == std::errc() && parsed.ptr == text.end() ? std::optional(value)
                                                                : std::nullopt;
}

} // namespace

String place(CommandLine const& line, std::string_view option, std::string_view usual) {
    return os::absolute_path(line.value(option).value_or(usual));
}

Nanoseconds clock_offset(CommandLine const& line, Nanoseconds now) {
    auto const text = line.value("now");
    if (!text)
        return {};
    auto const local = calendar::parse_date(*text);
    if (!local)
        os::die(2, "'{}' is no time of the form YYYY-MM-DD HH:MM:SS", *text);
    return Nanoseconds::seconds(os::local_zone().moment_of(*local)) - now;
}

String at_name(u32 number, i64 time) {
    return format("a{:05x}{:08x}", number, time / calendar::minute_length);
}

Result<Vector<AtJob>> at_jobs(std::string_view directory) {
    Vector<AtJob> jobs;
    for (auto const& name : TRY(os::list_directory(directory))) {
        auto const view = name.view();
        if (view.size() != 1 + number_digits + time_digits || view[0] != 'a')
            continue;
        auto const number = hexadecimal(view.substr(1, number_digits));
        auto const minutes = hexadecimal(view.substr(1 + number_digits));
        if (number && minutes)
            jobs.push_back({static_cast<u32>(*number),
                            static_cast<i64>(*minutes) * calendar::minute_length,
                            format("{}/{}", directory, view)});
    }
    std::sort(jobs.begin(), jobs.end(), [](AtJob const& a, AtJob const& b) {
        return a.time != b.time ? a.time < b.time : a.number < b.number;
    });
    return jobs;
}

String wake_fifo(std::string_view directory) {
    return format("{}/crond.wake", directory);
}

void wake_crond(std::string_view directory) {
    if (auto const fifo = os::File::open(wake_fifo(directory),
                                         os::Open::write_only | Flags(os::Open::nonblocking)))
        (void)fifo->write("w");
}

} // namespace spool
