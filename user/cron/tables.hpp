// The tables that crond works by: read again when they change.
#pragma once

#include "libs/cron/agenda.hpp"
#include "libs/cron/crontab.hpp"
#include "user/cron/job.hpp"

class Tables {
public:
    Tables(std::string_view system_table, std::string_view directory,
           daemons::Journal const& journal)
        : system_table_(system_table), directory_(directory), journal_(&journal) {}

    /// Reads all when a file is another one than before, or always with `again`; the agenda has
    /// their jobs then. Says what is wrong in them. True when it read.
    bool refresh(cron::Agenda& agenda, bool again = false);

    /// The job of that index of the agenda.
    Job job(usize index) const { return job_of(scheduled_[index]); }

    /// Those for the start of the machine.
    Vector<Job> jobs_at_start() const;

private:
    struct Table {
        cron::Crontab content;
        Vector<os::User> users; ///< by entry
    };

    struct Place {
        u32 table;
        u32 entry;
    };

    /// Changes whenever a file does.
    String signature() const;
    void read(std::string_view path, std::optional<os::User> owner);
    bool is_safe(std::string_view path, os::User const* owner) const;
    Job job_of(Place place) const;

    String system_table_;
    String directory_;
    daemons::Journal const* journal_;
    String signature_;
    Vector<Table> tables_;
    Vector<Place> scheduled_; ///< by index of the agenda
    Vector<Place> at_start_;
};
