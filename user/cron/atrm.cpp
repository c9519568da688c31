// atrm: forgets jobs that were to run once.
#include "user/spool/spool.hpp"

namespace {

constexpr Option options[] = {spool::at_option, spool::run_option};

} // namespace

int main() {
    CommandLine const line("NUMBER...", "Removes jobs of at, by the numbers that atq shows.",
                           options);
    line.need_operands(1);
    auto const directory = spool::place(line, "at-directory", spool::at_directory);
    auto const jobs = spool::at_jobs(directory);
    for (auto const word : line.operands()) {
        auto const number = parse_number(word);
        spool::AtJob const* found = nullptr;
        if (jobs && number)
            for (auto const& job : *jobs)
                if (job.number == *number)
                    found = &job;
        if (found == nullptr)
            complain(word, "no such job");
        else if (auto const removed = os::remove(found->path); !removed)
            complain(word, removed.error());
    }
    spool::wake_crond(spool::place(line, "run-directory", spool::run_directory));
    return exit_status();
}
