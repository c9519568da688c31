// Builtins that decide what runs next.
#include "libs/shell/parser.hpp"
#include "libs/shell/text.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/file.hpp"

#include <algorithm>
#include <utility>

namespace lsh {
namespace {

/// The number that words[1] is, or `otherwise`; nothing after a complaint.
std::optional<int> number(Shell& shell, Vector<String> const& words, int otherwise) {
    if (words.size() < 2)
        return otherwise;
    auto const value = shell::parse_integer(words[1]);
    if (value && *value >= 0 &&
        words[1].view().find_first_not_of("0123456789") == std::string_view::npos)
        return static_cast<int>(*value & 0xff'ffff);
    (void)shell.complain(words[0], format("{}: no number", words[1]), 2);
    return std::nullopt;
}

String joined(Vector<String> const& words, usize from) {
    String text;
    for (usize i = from; i < words.size(); ++i) {
        if (i != from)
            text.push_back(' ');
        text.append(words[i]);
    }
    return text;
}

} // namespace

int builtin::exit(Shell& shell, Words words) {
    auto const result = number(shell, words, shell.status);
    if (!result) {
        shell.flow = shell.options.interactive ? Flow::give_up : Flow::exit;
        return shell.status = 2;
    }
    bool stopped = false;
    for (auto const& job : shell.jobs.all())
        stopped |= job.state().kind == shell::ProcessState::Kind::stopped;
    if (stopped && shell.options.interactive && !shell.subshell &&
        !std::exchange(shell.warned_of_jobs, true)) {
        os::err.print("There are stopped jobs; `exit` once more leaves them.\n");
        return 1;
    }
    shell.flow = Flow::exit;
    return shell.status = *result & 0xff;
}

int builtin::return_(Shell& shell, Words words) {
    auto const result = number(shell, words, shell.status);
    if (!result)
        return 2;
    shell.flow = Flow::return_function;
    return shell.status = *result & 0xff;
}

int builtin::break_(Shell& shell, Words words) {
    auto const count = number(shell, words, 1);
    if (!count || *count == 0)
        return count ? shell.complain(words[0], "0 loops cannot be left", 2) : 2;
    if (shell.loops == 0)
        return 0;
    shell.flow = words[0] == "break" ? Flow::break_loop : Flow::continue_loop;
    shell.flow_count = std::min(static_cast<u32>(*count), shell.loops);
    return shell.status = 0;
}

int builtin::eval(Shell& shell, Words words) {
    String const text = joined(words, 1);
    if (text.view().find_first_not_of(" \t\n") == std::string_view::npos)
        return 0;
    return shell.run_text(make_ref<Source>("eval", text));
}

int builtin::source(Shell& shell, Words words) {
    if (words.size() < 2)
        return shell.complain(words[0], "a file is missing", 2);
    String path = words[1];
    if (path.view().find('/') == std::string_view::npos) {
        // PATH is searched also for files that may not be run.
        String const found = shell.find_program(path);
        if (!found.empty())
            path = found;
    }
    auto const text = os::read_file(path);
    if (!text) {
        (void)shell.complain(words[0],
                             format("{}: {}", words[1], os::describe(text.error().code())));
        if (!shell.options.interactive)
            shell.flow = Flow::exit;
        return shell.status = 2;
    }
    Vector<String> arguments;
    for (usize i = 2; i < words.size(); ++i)
        arguments.push_back(words[i]);
    bool const own = !arguments.empty();
    if (own)
        shell.positional.swap(arguments);
    shell.status = 0;
    int result = shell.run_text(make_ref<Source>(words[1], *text));
    if (own)
        shell.positional.swap(arguments);
    if (shell.flow == Flow::return_function) {
        shell.flow = Flow::on;
        result = shell.status;
    }
    return result;
}

int builtin::exec(Shell& shell, Words words) {
    Vector<String> rest;
    for (usize i = 1; i < words.size(); ++i)
        rest.push_back(words[i]);
    if (rest.empty())
        return 0;
    shell.usual_signals();
    int const result = shell.replace(rest, shell.variables.environment());
    if (shell.options.interactive && !shell.subshell)
        (void)shell.start_job_control();
    else
        shell.flow = Flow::exit;
    return shell.status = result;
}

int builtin::trap(Shell& shell, Words words) {
    if (words.size() == 1) {
        for (auto const& trap : shell.traps)
            os::print("trap -- {} {}\n", shell::single_quoted(trap.action),
                      trap.signal == 0 ? "EXIT" : shell::signal_name(trap.signal));
        return 0;
    }
    usize at = words[1] == "--" ? 2 : 1;
    std::optional<String> action;
    // A number alone, or "-", gives signals their default back.
    bool const number = at < words.size() && shell::parse_integer(words[at]).has_value();
    if (at < words.size() && !number && words.size() > at + 1) {
        if (words[at] != "-")
            action = words[at];
        ++at;
    }
    int result = 0;
    for (; at < words.size(); ++at) {
        auto const signal = shell::signal_number(words[at]);
        if (!signal)
            result = shell.complain("trap", format("{}: no such signal", words[at]));
        else
            shell.set_trap(*signal, action);
    }
    return result;
}

} // namespace lsh
