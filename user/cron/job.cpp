// A job that runs.
#include "user/cron/job.hpp"

#include "libs/journal/lines.hpp"
#include "user/os/signal.hpp"

namespace {

using daemons::Journal;
using daemons::Priority;

/// Of output: with what stands before it, it fits into a line of the log.
constexpr usize longest_line = 3'000;

/// The last value of a variable of the table.
std::string_view variable_of(Job const& job, std::string_view name, std::string_view usual) {
    for (auto const& text : job.variables) {
        auto const view = text.view();
        if (view.size() > name.size() && view.starts_with(name) && view[name.size()] == '=')
            usual = view.substr(name.size() + 1);
    }
    return usual;
}

os::Command command_of(Job const& job) {
    auto const shell = variable_of(job, "SHELL", "/bin/sh");
    os::Command command(shell);
    if (!job.command.empty())
        command.argument("-c").argument(job.command);
    command.empty_environment()
        .variable(format("SHELL={}", shell))
        .variable(format("PATH={}", variable_of(job, "PATH", "/usr/bin:/bin")))
        .variable(format("HOME={}", variable_of(job, "HOME", job.user.home)))
        .variable(format("LOGNAME={}", job.user.name))
        .variable(format("USER={}", job.user.name));
    for (usize i = 0; i < job.variables.size(); ++i) {
        auto const name = job.variables[i].view().substr(0, job.variables[i].view().find('='));
        bool const fixed = name == "SHELL" || name == "PATH" || name == "HOME" ||
                           name == "LOGNAME" || name == "USER";
        if (!fixed && variable_of(job, name, {}) == job.variables[i].view().substr(name.size() + 1))
            command.variable(job.variables[i]);
    }
    auto const home = variable_of(job, "HOME", job.user.home);
    auto const there = os::status(home);
    command.directory(there && there->type == os::FileType::directory ? home : "/");
    if (job.user.id != os::user_id())
        command.user(job.user.id, job.user.group);
    return command.default_signals().new_session();
}

/// The other end is written by a process of its own, so that neither waits for the other.
Result<os::File> as_pipe(std::string_view text) {
    auto pipe = TRY(os::make_pipe());
    if (TRY(os::fork()))
        return std::move(pipe.read_end);
    pipe.read_end = {};
    (void)pipe.write_end.write(text);
    linnet_exit_now(0);
}

Result<void> relay(Job const& job, Journal const& journal) {
    auto const tag = os::process_id();
    auto const input = job.input.empty() ? os::File() : TRY(as_pipe(job.input));
    auto pipe = TRY(os::make_pipe());
    auto command = command_of(job);
    command.output(os::to_descriptor(pipe.write_end.fd()))
        .error(os::to_same_as(Fd(1)))
        .input(job.script ? os::to_descriptor(job.script.fd())
               : input    ? os::to_descriptor(input.fd())
                          : os::to_null());
    auto child = TRY(command.start());
    pipe.write_end = {};
    journal::Lines lines(longest_line);
    auto const say = [&](std::string_view line) {
        journal.say(Priority::info, "[{}] {}", tag, line);
    };
    for (char buffer[4096];;) {
        usize const count = TRY(pipe.read_end.read(std::as_writable_bytes(std::span(buffer))));
        if (count == 0)
            break;
        lines.add({buffer, count}, say);
    }
    lines.add("\n", say); // the last may lack its end
    auto const status = TRY(child.wait());
    if (auto const signal = status.signal())
        journal.say(Priority::warning, "[{}] ended by {}", tag, os::signal_name(*signal));
    else if (!status.succeeded())
        journal.say(Priority::warning, "[{}] exit code {}", tag, *status.code());
    return {};
}

} // namespace

Result<void> start_job(Job const& job, Journal const& journal) {
    if (TRY(os::fork()))
        return {};
    (void)os::new_session();
    for (auto const signal :
         {os::Signal::term, os::Signal::interrupt, os::Signal::hup, os::Signal::chld})
        (void)os::default_signal(signal);
    os::set_blocked_signals({});
    journal.say(Priority::info, "[{}] {} runs: {}", os::process_id(), job.user.name, job.name);
    auto const done = relay(job, journal);
    if (!done)
        journal.say(Priority::error, "[{}] {}: {}", os::process_id(), job.name, done.error());
    linnet_exit_now(done ? 0 : 1);
}
