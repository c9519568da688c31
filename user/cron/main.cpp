// crond: runs jobs at their times. It sleeps until the next one, starts it, and sleeps again; that
// the job gets its time is the kernel's work.
#include "user/cron/tables.hpp"
#include "user/os/poll.hpp"
#include "user/os/special.hpp"
#include "user/os/time.hpp"
#include "user/os/zone.hpp"
#include "user/spool/spool.hpp"

#include <algorithm>
#include <utility>

namespace {

using daemons::Journal;
using daemons::Priority;

constexpr Option options[] = {
    {'f', "foreground", "do not become a daemon; messages go to standard error"},
    {0, "crontab", "the system's table, in place of /etc/crontab", "FILE"},
    spool::table_option,
    spool::at_option,
    spool::run_option,
    {0, "log", "where messages go without a log daemon, in place of /var/log/cron", "FILE"},
    spool::now_option,
};

/// Files that change and clocks that are set are noticed within this time, as by other crons.
constexpr auto longest_sleep = Nanoseconds::seconds(60);

/// Both clocks at one moment: again, if this process had to wait in between.
cron::Moment moment() {
    constexpr auto one_moment = Nanoseconds::milliseconds(20);
    for (;;) {
        auto const steady = os::now();
        auto const wall = os::clock_time();
        if (os::now() - steady < one_moment)
            return {wall.count() / 1'000'000, steady.count() / 1'000'000};
    }
}

class Scheduler {
public:
    Scheduler(CommandLine const& line, Journal const& journal, cron::Moment started)
        : journal_(&journal),
          offset_(spool::clock_offset(line, Nanoseconds::milliseconds(started.wall))),
          at_directory_(spool::place(line, "at-directory", spool::at_directory)),
          agenda_(os::local_zone(), shifted(started)),
          tables_(spool::place(line, "crontab", "/etc/crontab"),
                  spool::place(line, "table-directory", spool::table_directory), journal) {}

    /// `first`: the machine has just started.
    void start(bool first) {
        tables_.refresh(agenda_, true);
        if (first)
            for (auto const& job : tables_.jobs_at_start())
                run(job);
    }

    void work(bool read_again) {
        tables_.refresh(agenda_, read_again);
        for (usize const index : agenda_.take_due(shifted(moment())))
            run(tables_.job(index));
        run_at_jobs();
    }

    /// Until something is due, at most.
    Nanoseconds patience() const {
        auto next = agenda_.next();
        if (next_at_ && (!next || *next_at_ < *next))
            next = next_at_;
        if (!next)
            return longest_sleep;
        return std::clamp(Nanoseconds::seconds(*next) - wall(), Nanoseconds(0), longest_sleep);
    }

private:
    Nanoseconds wall() const { return os::clock_time() + offset_; }

    cron::Moment shifted(cron::Moment moment) const {
        return {moment.wall + offset_.count() / 1'000'000, moment.steady};
    }

    void run(Job const& job) {
        if (!std::exchange(told_where_output_goes_, true))
            journal_->say(Priority::info, "what jobs write comes here: there is no mail");
        if (auto const started = start_job(job, *journal_); !started)
            journal_->say(Priority::error, "{}: {}", job.name, started.error());
    }

    void run_at_jobs() {
        next_at_ = std::nullopt;
        auto const jobs = spool::at_jobs(at_directory_);
        if (!jobs)
            return; // nobody has used `at` yet
        i64 const now = wall().count() / 1'000'000'000;
        for (auto const& job : *jobs) {
            if (is_refused(job.path))
                continue;
            if (job.time <= now)
                run_script(job);
            else if (!next_at_)
                next_at_ = job.time;
        }
    }

    bool is_refused(std::string_view path) const {
        return std::find(refused_.begin(), refused_.end(), path) != refused_.end();
    }

    /// Once, whatever becomes of it: the file is gone before it starts.
    void run_script(spool::AtJob const& at) {
        auto file = os::File::open(at.path, Flags(os::Open::no_follow) | os::Open::nonblocking);
        if (!file)
            return refuse(at.path, os::describe(file.error().code()));
        auto const status = file->status();
        if (!status || status->type != os::FileType::regular || status->links != 1 ||
            (static_cast<u32>(status->mode) & 022) != 0)
            return refuse(at.path, "is no file that belongs to one user alone");
        if ((static_cast<u32>(status->mode) & 0100) == 0)
            return; // `at` is still writing
        auto const user = os::find_user(status->owner);
        if (!user)
            return refuse(at.path, "belongs to no user");
        if (auto const removed = os::remove(at.path); !removed)
            return refuse(at.path, os::describe(removed.error().code()));
        run({.user = *user, .script = std::move(*file), .name = format("job {}", at.number)});
    }

    void refuse(std::string_view path, std::string_view why) {
        journal_->say(Priority::error, "{}: {}", path, why);
        refused_.push_back(path);
    }

    Journal const* journal_;
    Nanoseconds offset_;
    String at_directory_;
    cron::Agenda agenda_;
    Tables tables_;
    std::optional<i64> next_at_;
    Vector<String> refused_;
    bool told_where_output_goes_ = false;
};

/// What wakes the daemon: a byte says that files have changed.
os::File make_wake_fifo(std::string_view run_directory) {
    auto const path = spool::wake_fifo(run_directory);
    if (auto const made = os::make_special(path, os::FileType::fifo, os::Mode(0622));
        !made && made.error() != Errno::eexist)
        os::die(1, "{}: {}", path, made.error());
    (void)os::change_mode(path, os::Mode(0622));
    auto fifo = os::File::open(path, os::Open::read_write | Flags(os::Open::nonblocking));
    if (!fifo)
        os::die(1, "{}: {}", path, fifo.error());
    return std::move(*fifo);
}

/// A file that is made at the first start after the machine's.
bool is_first_start(std::string_view run_directory) {
    auto const made =
        os::File::open(format("{}/crond.reboot", run_directory),
                       os::Open::write_only | Flags(os::Open::create) | os::Open::exclusive);
    return made || made.error() != Errno::eexist;
}

int serve(Scheduler& scheduler, os::File const& fifo, os::SignalSet while_waiting) {
    for (bool read_again = false;;) {
        scheduler.work(read_again);
        read_again = false;
        os::Awaited wake[] = {{fifo.fd(), os::Ready::in}};
        auto const ready = os::poll(wake, scheduler.patience(), while_waiting);
        if (ready && *ready != 0) {
            char bytes[512];
            (void)fifo.read(std::as_writable_bytes(std::span(bytes)));
        }
        auto const signals = os::caught_signals();
        if (signals.has(os::Signal::term) || signals.has(os::Signal::interrupt))
            return 0;
        read_again = signals.has(os::Signal::hup);
        for (;;) {
            auto const ended = os::wait_any(os::WaitFor::no_hang);
            if (!ended || !*ended)
                break;
        }
    }
}

} // namespace

int main() {
    CommandLine const line("", "Runs jobs at their times, as crontab(5) and at(1) tell.", options);
    line.need_operands(0, 0);
    bool const foreground = line.has('f');
    Journal const journal(foreground ? Journal::To::standard_error : Journal::To::log, "crond",
                          spool::place(line, "log", "/var/log/cron"));
    auto const run_directory = spool::place(line, "run-directory", spool::run_directory);
    auto const started = moment();
    (void)os::make_directories(run_directory, os::Mode(0755));
    if (!foreground)
        daemons::detach();
    // A lock is of the process that takes it, so only now.
    auto const pid_file = format("{}/crond.pid", run_directory);
    auto const alone = daemons::be_the_only_one(pid_file);
    if (!alone)
        os::die(1, "{}: {}", pid_file, alone.error());
    if (!*alone)
        os::die(1, "one is running already: {}", pid_file);
    os::BlockedSignals const blocked(
        {os::Signal::term, os::Signal::interrupt, os::Signal::hup, os::Signal::chld});
    for (auto const signal :
         {os::Signal::term, os::Signal::interrupt, os::Signal::hup, os::Signal::chld})
        (void)os::catch_signal(signal);
    (void)os::ignore_signal(os::Signal::pipe); // the log's reader may go at any moment
    auto const fifo = make_wake_fifo(run_directory);
    Scheduler scheduler(line, journal, started);
    daemons::detached();
    scheduler.start(is_first_start(run_directory));
    return serve(scheduler, fifo, blocked.before());
}
