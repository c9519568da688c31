// Fuzzes what people write for the scheduler: crontabs of both forms, and times for `at`.
#include "libs/cron/agenda.hpp"
#include "libs/cron/at_time.hpp"
#include "libs/cron/crontab.hpp"

#include <cstdlib>

namespace {

void run(cron::Schedule const& schedule, calendar::Zone const& zone) {
    i64 at = 1'774'700'000;
    for (int i = 0; i < 4; ++i) {
        auto const next = cron::next_run(schedule, zone, at);
        if (!next)
            return;
        if (*next <= at || (schedule.follows_clock() && !schedule.matches(zone.date(*next))))
            std::abort();
        at = *next;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    auto const text = text_of(std::as_bytes(std::span(data, size)));
    calendar::Zone const zone(*calendar::Rule::parse("CET-1CEST,M3.5.0,M10.5.0/3"));
    for (auto const form : {cron::Form::user, cron::Form::system}) {
        auto const table = cron::parse_crontab(text, form);
        for (auto const& entry : table.entries) {
            if (entry.command.empty() || entry.variables > table.variables.size() ||
                entry.user.empty() != (form == cron::Form::user))
                std::abort();
            if (entry.schedule)
                run(*entry.schedule, zone);
        }
    }
    i64 const now = 1'774'712'345;
    if (auto const at = cron::parse_at_time(text, now, zone); at && (*at < now - 60 || *at % 60))
        std::abort();
    return 0;
}
