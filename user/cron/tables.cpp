// The tables that crond works by.
#include "user/cron/tables.hpp"

#include "user/os/directory.hpp"

using daemons::Priority;

namespace {

void add_to_signature(String& text, std::string_view path) {
    if (auto const status = os::status(path))
        text.append(
            format("{} {} {} {}\n", path, status->inode, status->size, status->changed.count()));
}

} // namespace

String Tables::signature() const {
    String text = ":";
    add_to_signature(text, system_table_);
    if (auto const names = os::list_directory(directory_))
        for (auto const& name : *names)
            add_to_signature(text, format("{}/{}", directory_, name));
    return text;
}

/// Nobody else may decide what runs as that user.
bool Tables::is_safe(std::string_view path, os::User const* owner) const {
    auto const status = os::status(path, os::Links::not_follow);
    if (!status)
        return true; // reading it says why
    bool const by_owner = owner != nullptr && status->owner == owner->id;
    auto const* const why = status->type != os::FileType::regular ? "is no regular file"
                            : status->owner != Uid(0) && status->owner != os::user_id() && !by_owner
                                ? "belongs to somebody else"
                            : (static_cast<u32>(status->mode) & 022) != 0
                                ? "may be written by others"
                                : nullptr;
    if (why != nullptr)
        journal_->say(Priority::error, "{}: {}", path, why);
    return why == nullptr;
}

void Tables::read(std::string_view path, std::optional<os::User> owner) {
    if (!is_safe(path, owner ? &*owner : nullptr))
        return;
    auto const text = os::read_file(path);
    if (!text) {
        if (text.error() != Errno::enoent)
            journal_->say(Priority::error, "{}: {}", path, text.error());
        return;
    }
    auto content = cron::parse_crontab(*text, owner ? cron::Form::user : cron::Form::system);
    for (auto const& problem : content.problems)
        journal_->say(Priority::error, "{}:{}: {}", path, problem.line, problem.what);
    Vector<cron::Entry> known;
    Vector<os::User> users;
    for (auto& entry : content.entries) {
        auto const user = owner ? owner : os::find_user(entry.user.view());
        if (!user) {
            journal_->say(Priority::error, "{}:{}: there is no user '{}'", path, entry.line,
                          entry.user);
            continue;
        }
        users.push_back(*user);
        known.push_back(std::move(entry));
    }
    content.entries = std::move(known);
    tables_.push_back({std::move(content), std::move(users)});
}

bool Tables::refresh(cron::Agenda& agenda, bool again) {
    auto now = signature();
    if (!again && now == signature_)
        return false;
    signature_ = std::move(now);
    tables_.clear();
    scheduled_.clear();
    at_start_.clear();
    agenda.clear();
    read(system_table_, std::nullopt);
    if (auto const names = os::list_directory(directory_))
        for (auto const& name : *names) {
            if (name.view().starts_with('.'))
                continue; // being written
            if (auto owner = os::find_user(name.view()))
                read(format("{}/{}", directory_, name), std::move(owner));
            else
                journal_->say(Priority::error, "{}/{}: there is no user of that name", directory_,
                              name);
        }
    for (u32 t = 0; t < tables_.size(); ++t) {
        auto const& entries = tables_[t].content.entries;
        for (u32 e = 0; e < entries.size(); ++e) {
            auto const& schedule = entries[e].schedule;
            (schedule ? scheduled_ : at_start_).push_back({t, e});
            if (schedule)
                agenda.add(*schedule);
        }
    }
    return true;
}

Job Tables::job_of(Place place) const {
    auto const& table = tables_[place.table];
    auto const& entry = table.content.entries[place.entry];
    Job job{.user = table.users[place.entry]};
    for (u32 i = 0; i < entry.variables; ++i)
        job.variables.push_back(table.content.variables[i]);
    job.command = entry.command;
    job.input = entry.input;
    job.name = entry.command;
    return job;
}

Vector<Job> Tables::jobs_at_start() const {
    Vector<Job> jobs;
    for (auto const place : at_start_)
        jobs.push_back(job_of(place));
    return jobs;
}
