// Simple commands: words, assignments, functions, builtins and programs.
#include "libs/shell/parser.hpp"
#include "libs/shell/text.hpp"
#include "user/lsh/builtins.hpp"
#include "user/lsh/redirect.hpp"
#include "user/lsh/shell.hpp"
#include "user/os/file.hpp"

#include <algorithm>
#include <utility>

namespace lsh {
namespace {

constexpr int cannot_run = 126;
constexpr int not_found = 127;

} // namespace

bool Shell::expand_words(Vector<Ref<Word>> const& words, Vector<String>& into) {
    for (auto const& word : words) {
        auto fields = shell::expand_fields(*this, *word);
        if (!fields) {
            give_up(fields.error());
            return false;
        }
        for (auto& field : *fields)
            into.push_back(std::move(field));
    }
    return true;
}

bool Shell::assign_all(Simple const& command) {
    for (auto const& assignment : command.assignments) {
        auto const value = shell::expand_text(*this, *assignment.value);
        if (!value) {
            give_up(value.error());
            return false;
        }
        if (options.trace)
            os::err.print("+ {}={}\n", assignment.name, shell::quoted(*value));
        if (!assign(assignment.name, *value)) {
            give_up({assignment.value->source, assignment.value->begin,
                     format("{}: is read only", assignment.name)});
            return false;
        }
    }
    return true;
}

void Shell::trace(Vector<String> const& words) {
    if (!options.trace)
        return;
    String line = "+";
    for (auto const& word : words) {
        line.push_back(' ');
        line.append(shell::quoted(word));
    }
    os::err.print("{}\n", line);
}

int Shell::run_simple(Simple const& command) {
    bool const last = std::exchange(last_, false);
    substitution_status_ = 0;
    Vector<String> words;
    if (!expand_words(command.words, words))
        return status;
    last_ = last;
    if (!words.empty())
        return run_found(command, words);
    last_ = false;
    Redirected redirected(*this);
    if (!redirected.apply(command.redirections))
        return flow == Flow::on ? 1 : status;
    return assign_all(command) ? substitution_status_ : status;
}

/// The command has a name: a special builtin, a function, another builtin, or a program.
int Shell::run_found(Simple const& command, Vector<String> const& words) {
    bool const last = std::exchange(last_, false);
    Builtin const* const builtin = find_builtin(words[0]);
    bool const special = builtin != nullptr && builtin->special;
    auto const* const function = special ? nullptr : find_function(words[0]);
    trace(words);
    if (function == nullptr && builtin == nullptr) {
        last_ = last;
        return run_program(words, &command);
    }
    Redirected redirected(*this);
    if (!redirected.apply(command.redirections)) {
        // POSIX ends a script for a special builtin.
        if (special && flow == Flow::on && !options.interactive)
            flow = Flow::exit;
        return flow == Flow::on || flow == Flow::exit ? status = 1 : status;
    }
    // Assignments stay behind a special builtin; else they are for the command only.
    bool const for_command = !special && !command.assignments.empty();
    if (for_command) {
        variables.enter();
        for (auto const& assignment : command.assignments)
            (void)variables.make_local(assignment.name);
        if (!assign_all(command)) {
            variables.leave();
            return status;
        }
        for (auto const& assignment : command.assignments)
            variables.set_exported(assignment.name, true);
    } else if (!assign_all(command)) {
        return status;
    }
    int result = 0;
    if (function != nullptr) {
        result = call_function(*function, words);
    } else {
        result = builtin->run(*this, words);
        if (builtin->keeps_redirections)
            redirected.keep();
    }
    if (for_command)
        variables.leave();
    return result;
}

int Shell::call_function(Function const& function, Vector<String> const& words) {
    constexpr u32 deepest = 500;
    if (functions_running == deepest) {
        report({running->source, running->begin, "functions call each other too deeply"});
        flow = Flow::give_up;
        return status = 2;
    }
    Vector<String> arguments;
    for (usize i = 1; i < words.size(); ++i)
        arguments.push_back(words[i]);
    positional.swap(arguments);
    ++functions_running;
    variables.enter();
    auto const body = function.body; // the function may define itself anew
    int result = run_command(*body);
    variables.leave();
    --functions_running;
    positional.swap(arguments);
    if (flow == Flow::return_function) {
        flow = Flow::on;
        result = status;
    }
    return result;
}

String Shell::find_program(std::string_view program) {
    if (program.find('/') != std::string_view::npos)
        return program;
    String found;
    String const path = variables.value("PATH").value_or(String("/bin:/usr/bin:/sbin:/usr/sbin"));
    for (std::string_view rest = path;;) {
        usize const end = std::min(rest.find(':'), rest.size());
        String candidate = rest.substr(0, end);
        if (!candidate.empty())
            candidate.push_back('/');
        candidate.append(program);
        auto const there = os::status(candidate);
        if (there && there->type == os::FileType::regular) {
            if (system::may_access(candidate, 1))
                return candidate;
            if (found.empty())
                found = candidate; // to say that it may not be run
        }
        if (end == rest.size())
            return found;
        rest.remove_prefix(end + 1);
    }
}

int Shell::run_program(Vector<String> const& words, Simple const* command) {
    bool const last = std::exchange(last_, false) && traps.empty();
    auto const in_child = [&] {
        usual_signals();
        subshell = true;
        Redirected redirected(*this);
        if (command != nullptr &&
            (!redirected.apply(command->redirections) || !assign_all(*command)))
            linnet_exit_now(flow == Flow::on ? 1 : status);
        redirected.keep();
        Vector<String> environment = variables.environment();
        if (command != nullptr)
            for (auto const& assignment : command->assignments)
                variables.set_exported(assignment.name, true);
        if (command != nullptr && !command->assignments.empty())
            environment = variables.environment();
        linnet_exit_now(replace(words, environment));
    };
    if (last)
        in_child();
    auto const child = system::fork();
    if (!child)
        return complain("fork", os::describe(child.error().code()));
    if (*child == 0) {
        join_group(0, true);
        in_child();
    }
    auto const text =
        running != nullptr
            ? running->source->text.view().substr(running->begin, running->end - running->begin)
            : words[0].view();
    auto& job = jobs.add(text, true);
    if (options.job_control) {
        job.group = *child;
        (void)os::set_process_group(Pid(*child), Pid(*child));
    }
    job.processes.push_back({*child, {}});
    return wait_foreground(job.number);
}

int Shell::replace(Vector<String> const& words, Vector<String> const& environment) {
    String const path = find_program(words[0]);
    auto const say = [&](std::string_view what, int result) {
        if (running != nullptr)
            report({running->source, running->begin, format("{}: {}", words[0], what)});
        else
            os::err.print("{}: {}: {}\n", name, words[0], what);
        return result;
    };
    if (path.empty())
        return say("command not found", not_found);
    Errno const error = system::execute(path, words, environment);
    if (error == Errno::enoexec) {
        // A script without #!: ours.
        Vector<String> again;
        again.push_back("/proc/self/exe");
        again.push_back(path);
        for (usize i = 1; i < words.size(); ++i)
            again.push_back(words[i]);
        if (system::execute(again[0], again, environment) == Errno::enoent)
            return say(os::describe(error), cannot_run);
    }
    if (error == Errno::enoent && system::may_access(path, 0))
        return say("its interpreter is not there", not_found);
    auto const there = os::status(path);
    if (there && there->type == os::FileType::directory)
        return say("is a directory", cannot_run);
    return say(os::describe(error), error == Errno::enoent ? not_found : cannot_run);
}

int Shell::run_words(Vector<String> const& words, bool with_functions) {
    if (auto const* const function = with_functions ? find_function(words[0]) : nullptr)
        return call_function(*function, words);
    if (auto const* const builtin = find_builtin(words[0]))
        return builtin->run(*this, words);
    return run_program(words, nullptr);
}

Shell::Function const* Shell::find_function(std::string_view wanted) const {
    auto const* const found =
        std::ranges::find(functions, wanted, [](auto const& each) { return each.name.view(); });
    return found != functions.end() ? found : nullptr;
}

} // namespace lsh
