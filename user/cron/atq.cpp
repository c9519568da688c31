// atq: lists the jobs that are to run once.
#include "user/os/system.hpp"
#include "user/os/zone.hpp"
#include "user/spool/spool.hpp"

namespace {

constexpr Option options[] = {spool::at_option};

} // namespace

int main() {
    CommandLine const line("", "Lists the jobs of at: number, time, user.", options);
    line.need_operands(0, 0);
    auto const directory = spool::place(line, "at-directory", spool::at_directory);
    auto const jobs = spool::at_jobs(directory);
    if (!jobs && jobs.error() != Errno::enoent)
        os::die(1, "{}: {}", directory, jobs.error());
    if (!jobs)
        return 0; // nobody has used it yet
    auto const zone = os::local_zone();
    for (auto const& job : *jobs) {
        auto const status = os::status(job.path);
        if (!status)
            continue; // it runs
        auto const user = os::find_user(status->owner);
        auto const date = zone.date(job.time);
        os::print("{}\t{}-{:02}-{:02} {:02}:{:02}\t{}\n", job.number, date.year, date.month,
                  date.day, date.hour, date.minute,
                  user ? user->name : format("{}", status->owner));
    }
    return exit_status();
}
