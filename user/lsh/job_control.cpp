// Process groups, the terminal's foreground, and waiting.
#include "abi/signal.hpp"
#include "user/lsh/shell.hpp"
#include "user/os/process.hpp"

namespace lsh {
namespace {

using Kind = shell::ProcessState::Kind;

// What an interactive shell must not be stopped or ended by.
constexpr int guarded[] = {3, 15, 20, 21, 22}; // QUIT TERM TSTP TTIN TTOU
constexpr int interrupt = static_cast<int>(uapi::Signal::interrupt);
constexpr int broken_pipe = static_cast<int>(uapi::Signal::pipe);
constexpr int stops_at_most = 16; // as a background job, before one does without job control
constexpr int go_on = static_cast<int>(uapi::Signal::cont);

} // namespace

bool Shell::start_job_control() {
    // Not before one is in the foreground oneself. Whoever is stopped by nothing has nobody to
    // continue it, either.
    system::handle(static_cast<int>(uapi::Signal::ttin), system::Handling::usual);
    for (int tries = 0;; ++tries) {
        auto const foreground = os::foreground_group(terminal);
        own_group = static_cast<int>(os::process_group());
        if (!foreground || static_cast<int>(*foreground) == own_group)
            break;
        if (tries == stops_at_most) {
            os::err.print("{}: no job control: not in the terminal's foreground\n", name);
            return false;
        }
        (void)os::send_signal(Pid(0), static_cast<int>(uapi::Signal::ttin));
    }
    for (int const signal : guarded)
        system::handle(signal, system::Handling::ignored);
    system::handle(interrupt, system::Handling::noted);
    system::handle(static_cast<int>(uapi::Signal::winch), system::Handling::noted);
    // A group of one's own; a session's leader has it already.
    if (own_group != process && os::set_process_group(Pid(0), Pid(0))) {
        own_group = process;
        (void)os::set_foreground_group(terminal, Pid(own_group));
    }
    note_terminal_mode();
    options.job_control = true;
    return true;
}

void Shell::note_terminal_mode() {
    if (auto const mode = os::terminal_settings(terminal))
        orderly_mode = *mode;
}

void Shell::usual_signals() {
    if (options.interactive && !subshell) {
        for (int const signal : guarded)
            system::handle(signal, system::was_ignored(signal) ? system::Handling::ignored
                                                               : system::Handling::usual);
        system::handle(interrupt, system::Handling::usual);
        system::handle(static_cast<int>(uapi::Signal::winch), system::Handling::usual);
    }
    for (auto const& trap : traps)
        if (trap.signal != 0 && !trap.action.empty())
            system::handle(trap.signal, system::Handling::usual);
}

void Shell::become_subshell() {
    usual_signals();
    Vector<Trap> kept;
    for (auto const& trap : traps)
        if (trap.action.empty())
            kept.push_back(trap); // what is ignored stays so
    traps = std::move(kept);
    (void)system::take_noted_signals();
    pending_traps_ = 0;
    subshell = true;
    options.job_control = false;
    jobs = {};
}

void Shell::join_group(i32 group, bool foreground) {
    if (!options.job_control)
        return;
    (void)os::set_process_group(Pid(0), Pid(group));
    if (foreground)
        (void)os::set_foreground_group(terminal, Pid(group != 0 ? group : system::process_id()));
}

int Shell::wait_foreground(u32 number) {
    bool dumped_core = false;
    while (jobs.by_number(number)->state().kind == Kind::running) {
        auto const change = system::next_change(options.job_control ? system::Wait::ends_or_stops
                                                                    : system::Wait::ends);
        if (!change && change.error() == Errno::eintr)
            continue;
        if (!change || !*change)
            break;
        auto const* const job = jobs.note((*change)->pid, (*change)->state);
        dumped_core |= job != nullptr && job->number == number && (*change)->dumped_core;
    }
    auto* const job = jobs.by_number(number);
    auto const state = job->state();
    if (options.job_control) {
        (void)os::set_foreground_group(terminal, Pid(own_group));
        // What was stopped or killed may have left the terminal in any mode; what ended by itself
        // meant the one it left.
        if (state.kind == Kind::exited)
            note_terminal_mode();
        else if (orderly_mode)
            (void)os::set_terminal_settings(terminal, *orderly_mode);
    }
    if (state.kind == Kind::stopped) {
        os::err.print("\n{}\n", jobs.describe(*job));
        job->told = true;
        return state.status();
    }
    if (state.kind == Kind::killed) {
        if (state.value == interrupt) {
            if (options.job_control) {
                os::err.print("\n");
                flow = Flow::give_up; // loops around it, too
                status = state.status();
            }
        } else if (state.value != broken_pipe && !subshell) {
            os::err.print("{}{}\n", shell::signal_text(state.value),
                          dumped_core ? " (core dumped)" : "");
        }
    }
    int const result = state.status();
    jobs.forget(number);
    return result;
}

int Shell::to_foreground(u32 number) {
    auto* const job = jobs.by_number(number);
    os::print("{}\n", job->text);
    jobs.make_current(number);
    if (options.job_control && job->group != 0)
        (void)os::set_foreground_group(terminal, Pid(job->group));
    to_background(number);
    return wait_foreground(number);
}

/// Lets it go on.
void Shell::to_background(u32 number) {
    auto* const job = jobs.by_number(number);
    for (auto& each : job->processes) {
        if (each.state.kind == Kind::stopped)
            each.state = {};
        if (job->group == 0)
            (void)os::send_signal(Pid(each.pid), go_on);
    }
    job->told = true;
    if (job->group != 0)
        (void)os::send_signal(Pid(-job->group), go_on);
}

int Shell::wait_for(u32 number) {
    for (;;) {
        auto* const job = jobs.by_number(number);
        if (job == nullptr)
            return 127;
        if (job->state().kind != Kind::running) {
            int const result = job->state().status();
            if (job->state().ended())
                jobs.forget(number);
            return result;
        }
        auto const change = system::next_change(options.job_control ? system::Wait::ends_or_stops
                                                                    : system::Wait::ends);
        if (change && *change)
            jobs.note((*change)->pid, (*change)->state);
        if (!change && change.error() != Errno::eintr)
            return 127;
        if (!system::any_noted())
            continue;
        (void)note_signals();
        if (flow != Flow::on)
            return status;
        for (auto const& trap : traps)
            if ((pending_traps_ >> trap.signal & 1) != 0)
                return 128 + trap.signal;
    }
}

void Shell::poll_jobs() {
    for (;;) {
        auto const change = system::next_change(system::Wait::poll);
        if (!change || !*change)
            return;
        jobs.note((*change)->pid, (*change)->state);
    }
}

void Shell::tell_jobs() {
    Vector<u32> ended;
    for (auto& job : jobs.all()) {
        if (!job.told && job.state().kind != Kind::running)
            os::err.print("{}\n", jobs.describe(job));
        job.told = true;
        if (job.state().ended())
            ended.push_back(job.number);
    }
    for (u32 const number : ended)
        jobs.forget(number);
}

} // namespace lsh
