// Builtins about jobs and processes.
#include "libs/shell/arithmetic.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/process.hpp"

namespace lsh {
namespace {

using Kind = shell::ProcessState::Kind;

/// The job that a word names; nullptr after a complaint.
shell::Job* job_of(Shell& shell, std::string_view who, std::string_view which) {
    auto const found = shell.jobs.find(which);
    if (found)
        return *found;
    (void)shell.complain(who, found.error());
    return nullptr;
}

int list_signals(Vector<String> const& words) {
    if (words.size() > 2) {
        for (usize i = 2; i < words.size(); ++i) {
            auto const number = shell::parse_integer(words[i]);
            if (number)
                os::print("{}\n", shell::signal_name(static_cast<int>(*number & 0x7f)));
            else
                os::print("{}\n", shell::signal_number(words[i]).value_or(0));
        }
        return 0;
    }
    for (int signal = 1; signal < 32; ++signal)
        os::print("{:2} {}\n", signal, shell::signal_name(signal));
    return 0;
}

} // namespace

int builtin::jobs(Shell& shell, Words words) {
    shell.poll_jobs();
    bool pids = false;
    bool only_pids = false;
    for (usize i = 1; i < words.size(); ++i) {
        pids |= words[i] == "-l";
        only_pids |= words[i] == "-p";
    }
    Vector<u32> ended;
    for (auto& job : shell.jobs.all()) {
        if (job.foreground)
            continue;
        if (only_pids)
            os::print("{}\n", job.processes.empty() ? 0 : job.processes[0].pid);
        else
            os::print("{}\n", shell.jobs.describe(job, pids));
        job.told = true;
        if (job.state().ended())
            ended.push_back(job.number);
    }
    // A script still may `wait` for it.
    if (shell.options.interactive)
        for (u32 const number : ended)
            shell.jobs.forget(number);
    return 0;
}

int builtin::fg(Shell& shell, Words words) {
    if (!shell.options.job_control)
        return shell.complain("fg", "there is no job control here");
    auto* const job = job_of(shell, "fg", words.size() > 1 ? words[1].view() : "");
    return job != nullptr ? shell.to_foreground(job->number) : 1;
}

int builtin::bg(Shell& shell, Words words) {
    if (!shell.options.job_control)
        return shell.complain("bg", "there is no job control here");
    int result = 0;
    for (usize i = words.size() > 1 ? 1 : 0; i < words.size(); ++i) {
        auto* const job = job_of(shell, "bg", i == 0 ? "" : words[i].view());
        if (job == nullptr) {
            result = 1;
            continue;
        }
        os::print("[{}] {}\n", job->number, job->text);
        shell.to_background(job->number);
    }
    return result;
}

int builtin::wait(Shell& shell, Words words) {
    if (words.size() > 1) {
        int result = 0;
        for (usize i = 1; i < words.size() && shell.flow == Flow::on; ++i) {
            auto const found = shell.jobs.find(words[i]);
            result = found ? shell.wait_for((*found)->number) : 127;
        }
        return result;
    }
    for (;;) {
        u32 running = 0;
        for (auto const& job : shell.jobs.all())
            if (job.state().kind == Kind::running)
                running = job.number;
        if (running == 0)
            break;
        int const result = shell.wait_for(running);
        if (shell.flow != Flow::on || shell.jobs.by_number(running) != nullptr)
            return result; // a signal came
    }
    return 0;
}

int builtin::kill(Shell& shell, Words words) {
    int signal = static_cast<int>(15);
    usize at = 1;
    if (at < words.size() && words[at].view().starts_with('-') && words[at].size() > 1) {
        if (words[at] == "-l")
            return list_signals(words);
        auto name = words[at].view().substr(1);
        if (name == "s" && at + 1 < words.size())
            name = words[++at];
        if (name != "-") {
            auto const number = shell::signal_number(name);
            if (!number)
                return shell.complain("kill", format("{}: no such signal", name), 2);
            signal = *number;
        }
        ++at;
        if (at < words.size() && words[at] == "--")
            ++at;
    }
    if (at == words.size())
        return shell.complain("kill", "a process or a job is missing", 2);
    int result = 0;
    for (; at < words.size(); ++at) {
        auto const pid = shell::parse_integer(words[at]);
        i32 target = pid ? static_cast<i32>(*pid) : 0;
        bool stopped = false;
        if (!pid && words[at].view().starts_with('%')) {
            auto const* const job = job_of(shell, "kill", words[at]);
            if (job == nullptr) {
                result = 1;
                continue;
            }
            stopped = job->state().kind == Kind::stopped;
            target = job->group != 0 ? -job->group : job->processes[0].pid;
        } else if (!pid) {
            result = shell.complain("kill", format("{}: neither a process nor a job", words[at]));
            continue;
        }
        auto const sent = os::send_signal(Pid(target), signal);
        if (!sent)
            result = shell.complain("kill",
                                    format("{}: {}", words[at], os::describe(sent.error().code())));
        else if (stopped && (signal == 15 || signal == 1))
            (void)os::send_signal(Pid(target), 18); // so that it can end
    }
    return result;
}

} // namespace lsh
