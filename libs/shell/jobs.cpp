// Finds, describes and forgets jobs.
#include "libs/shell/jobs.hpp"

#include "libs/base/format.hpp"
#include "libs/shell/arithmetic.hpp"

#include <algorithm>

namespace shell {
namespace {

struct SignalName {
    int number;
    std::string_view name;
    std::string_view text;
};

// As on x86-64 (signal(7)).
constexpr SignalName signals[] = {
    {1, "HUP", "Hangup"},
    {2, "INT", "Interrupt"},
    {3, "QUIT", "Quit"},
    {4, "ILL", "Illegal instruction"},
    {5, "TRAP", "Trace/breakpoint trap"},
    {6, "ABRT", "Aborted"},
    {7, "BUS", "Bus error"},
    {8, "FPE", "Arithmetic exception"},
    {9, "KILL", "Killed"},
    {10, "USR1", "User signal 1"},
    {11, "SEGV", "Segmentation fault"},
    {12, "USR2", "User signal 2"},
    {13, "PIPE", "Broken pipe"},
    {14, "ALRM", "Alarm clock"},
    {15, "TERM", "Terminated"},
    {16, "STKFLT", "Stack fault"},
    {17, "CHLD", "Child exited"},
    {18, "CONT", "Continued"},
    {19, "STOP", "Stopped (signal)"},
    {20, "TSTP", "Stopped"},
    {21, "TTIN", "Stopped (tty input)"},
    {22, "TTOU", "Stopped (tty output)"},
    {23, "URG", "Urgent I/O condition"},
    {24, "XCPU", "CPU time limit exceeded"},
    {25, "XFSZ", "File size limit exceeded"},
    {26, "VTALRM", "Virtual timer expired"},
    {27, "PROF", "Profiling timer expired"},
    {28, "WINCH", "Window changed"},
    {29, "POLL", "I/O possible"},
    {30, "PWR", "Power failure"},
    {31, "SYS", "Bad system call"},
};

} // namespace

String signal_text(int signal) {
    auto const* const found = std::ranges::find(signals, signal, &SignalName::number);
    return found != std::end(signals) ? String(found->text) : format("Signal {}", signal);
}

std::string_view signal_name(int signal) {
    auto const* const found = std::ranges::find(signals, signal, &SignalName::number);
    return found != std::end(signals) ? found->name : std::string_view();
}

std::optional<int> signal_number(std::string_view name) {
    if (auto const number = parse_integer(name))
        return *number >= 0 && *number <= 64 ? std::optional<int>(static_cast<int>(*number))
                                             : std::nullopt;
    if (name.starts_with("SIG"))
        name.remove_prefix(3);
    if (name == "EXIT")
        return 0;
    auto const* const found = std::ranges::find(signals, name, &SignalName::name);
    return found != std::end(signals) ? std::optional<int>(found->number) : std::nullopt;
}

ProcessState Job::state() const {
    std::optional<ProcessState> stopped;
    for (auto const& process : processes) {
        if (process.state.kind == ProcessState::Kind::running)
            return process.state;
        if (process.state.kind == ProcessState::Kind::stopped)
            stopped = process.state;
    }
    if (stopped)
        return *stopped;
    return processes.empty() ? ProcessState{ProcessState::Kind::exited, 0} : processes.back().state;
}

Job& Jobs::add(std::string_view text, bool foreground) {
    u32 number = 1;
    for (auto const& job : jobs_)
        number = std::max(number, job.number + 1);
    Job& job = jobs_.emplace_back();
    job.number = number;
    job.text = text;
    job.foreground = foreground;
    if (!foreground)
        make_current(number);
    return job;
}

Job* Jobs::by_number(u32 number) {
    auto* const found = std::ranges::find(jobs_, number, &Job::number);
    return found != jobs_.end() ? found : nullptr;
}

Job* Jobs::by_pid(i32 pid) {
    for (auto& job : jobs_)
        for (auto const& process : job.processes)
            if (process.pid == pid)
                return &job;
    return nullptr;
}

Job* Jobs::note(i32 pid, ProcessState state) {
    // Of a pid that is used again, the process that has not ended is meant.
    auto const is_it = [&](Job::Process const& process) {
        return process.pid == pid && !process.state.ended();
    };
    auto* const job = std::ranges::find_if(
        jobs_, [&](Job const& each) { return std::ranges::any_of(each.processes, is_it); });
    if (job == jobs_.end())
        return nullptr;
    auto const before = job->state();
    for (auto& process : job->processes)
        if (is_it(process))
            process.state = state;
    auto const now = job->state();
    if (now == before)
        return job;
    job->told = false;
    if (now.kind == ProcessState::Kind::stopped) {
        job->foreground = false;
        make_current(job->number);
    }
    return job;
}

std::expected<Job*, String> Jobs::find(std::string_view which) {
    if (which.empty() || which == "%" || which == "%%" || which == "%+" || which == "%-") {
        usize const back = which == "%-" && current_.size() > 1 ? 2 : 1;
        if (current_.size() < back)
            return std::unexpected(String("there is no current job"));
        return by_number(current_[current_.size() - back]);
    }
    Job* found = nullptr;
    if (which[0] != '%') {
        auto const pid = parse_integer(which);
        if (pid)
            found = by_pid(static_cast<i32>(*pid));
    } else if (auto const number = parse_integer(which.substr(1))) {
        found = by_number(static_cast<u32>(*number));
    } else {
        auto const text = which.substr(which[1] == '?' ? 2 : 1);
        for (auto& job : jobs_) {
            if (which[1] == '?' ? job.text.view().find(text) == std::string_view::npos
                                : !job.text.view().starts_with(text))
                continue;
            if (found != nullptr)
                return std::unexpected(format("{}: several jobs are called so", which));
            found = &job;
        }
    }
    if (found == nullptr)
        return std::unexpected(format("{}: no such job", which));
    return found;
}

void Jobs::make_current(u32 number) {
    auto* const found = std::ranges::find(current_, number);
    if (found != current_.end())
        current_.erase(static_cast<usize>(found - current_.begin()));
    current_.push_back(number);
}

void Jobs::forget(u32 number) {
    auto* const current = std::ranges::find(current_, number);
    if (current != current_.end())
        current_.erase(static_cast<usize>(current - current_.begin()));
    auto* const found = std::ranges::find(jobs_, number, &Job::number);
    if (found != jobs_.end())
        jobs_.erase(static_cast<usize>(found - jobs_.begin()));
}

String Jobs::describe(Job const& job, bool with_pids) const {
    usize const count = current_.size();
    char const mark = count != 0 && current_[count - 1] == job.number  ? '+'
                      : count > 1 && current_[count - 2] == job.number ? '-'
                                                                       : ' ';
    auto const state = job.state();
    String text;
    switch (state.kind) {
    case ProcessState::Kind::running:
        text = "Running";
        break;
    case ProcessState::Kind::exited:
        text = state.value == 0 ? String("Done") : format("Done({})", state.value);
        break;
    default:
        text = signal_text(state.value);
        break;
    }
    String pids;
    if (with_pids && !job.processes.empty())
        pids = format("{} ", job.processes[0].pid);
    return format("[{}]{}  {}{:<26} {}", job.number, mark, pids, text, job.text);
}

} // namespace shell
