// The list of builtins, and `help`.
#include "user/lsh/builtins.hpp"

#include "user/os/stream.hpp"

#include <algorithm>

namespace lsh {
namespace {

constexpr Builtin list[] = {
    {".", builtin::source, ". FILE [ARGUMENT...]", "run the commands of a file here", true},
    {":", builtin::nothing, ": [ARGUMENT...]", "do nothing, with success", true},
    {"[", builtin::test, "[ EXPRESSION ]", "test, as a command of its own"},
    {"bg", builtin::bg, "bg [JOB...]", "let stopped jobs go on in the background"},
    {"break", builtin::break_, "break [COUNT]", "leave a loop", true},
    {"cd", builtin::cd, "cd [DIRECTORY | -]", "change the directory; back with -"},
    {"command", builtin::command, "command [-v] NAME [ARGUMENT...]", "run, but no function"},
    {"continue", builtin::break_, "continue [COUNT]", "go on with the next round", true},
    {"echo", builtin::echo, "echo [-neE] [TEXT...]", "write text"},
    {"eval", builtin::eval, "eval [TEXT...]", "run text as commands", true},
    {"exec", builtin::exec, "exec [COMMAND...] [REDIRECTION...]", "become a program", true, true},
    {"exit", builtin::exit, "exit [STATUS]", "leave the shell", true},
    {"export", builtin::export_, "export [-p] [NAME[=VALUE]...]", "variables for programs", true},
    {"false", builtin::fail, "false", "do nothing, without success"},
    {"fg", builtin::fg, "fg [JOB]", "take a job to the foreground"},
    {"getopts", builtin::getopts, "getopts LETTERS NAME [WORD...]", "the next option"},
    {"help", builtin::help, "help [NAME]", "this list"},
    {"jobs", builtin::jobs, "jobs [-lp]", "list jobs"},
    {"kill", builtin::kill, "kill [-SIGNAL | -s SIGNAL] PID | JOB...", "send a signal; -l lists"},
    {"local", builtin::local, "local NAME[=VALUE]...", "variables of this function"},
    {"printf", builtin::printf, "printf FORMAT [ARGUMENT...]", "write formatted text"},
    {"pwd", builtin::pwd, "pwd [-P]", "the directory one is in"},
    {"read", builtin::read, "read [-r] [-p PROMPT] NAME...", "a line into variables"},
    {"readonly", builtin::readonly, "readonly [-p] [NAME[=VALUE]...]", "fix variables", true},
    {"return", builtin::return_, "return [STATUS]", "leave a function or a file", true},
    {"set", builtin::set, "set [-aCefmnuvx] [-o NAME] [--] [ARGUMENT...]",
     "options and arguments; without any: list variables", true},
    {"shift", builtin::shift, "shift [COUNT]", "drop the first arguments", true},
    {"source", builtin::source, "source FILE [ARGUMENT...]", "as ."},
    {"test", builtin::test, "test EXPRESSION", "compare texts and numbers, look at files"},
    {"trap", builtin::trap, "trap [ACTION | -] SIGNAL...", "commands for signals and EXIT", true},
    {"true", builtin::nothing, "true", "do nothing, with success"},
    {"type", builtin::type, "type NAME...", "what a name stands for"},
    {"umask", builtin::umask, "umask [MASK]", "permissions new files do not get"},
    {"unset", builtin::unset, "unset [-fv] NAME...", "forget variables or functions", true},
    {"wait", builtin::wait, "wait [JOB | PID...]", "until jobs have ended"},
};

static_assert(std::ranges::is_sorted(list, {}, &Builtin::name));

} // namespace

std::span<Builtin const> builtins() {
    return list;
}

Builtin const* find_builtin(std::string_view name) {
    auto const* const found = std::ranges::lower_bound(list, name, {}, &Builtin::name);
    return found != std::end(list) && found->name == name ? found : nullptr;
}

int builtin::help(Shell& shell, Words words) {
    os::BufferedOut out(os::out);
    if (words.size() > 1) {
        auto const* const found = find_builtin(words[1]);
        if (found == nullptr)
            return shell.complain("help", format("{}: no builtin", words[1]));
        out.print("{}\n    {}\n", found->usage, found->help);
        return out.flush() ? 0 : 1;
    }
    out.print("Commands of the shell; other names are programs. `help NAME` is about one.\n");
    for (auto const& each : list)
        out.print("  {:<42} {}\n", each.usage, each.help);
    out.print(
        "Keys: Tab completes, Up and Ctrl-R look back, Ctrl-C gives up, Ctrl-Z stops a job.\n");
    return out.flush() ? 0 : 1;
}

} // namespace lsh
