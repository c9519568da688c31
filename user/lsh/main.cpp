// lsh: the shell. lsh [-aCefimnuvx] [-o NAME] [-c COMMANDS [NAME] | FILE] [ARGUMENT...]
#include "user/lsh/builtins.hpp"
#include "user/lsh/session.hpp"
#include "user/os/environment.hpp"
#include "user/os/file.hpp"

#include <optional>

namespace {

using namespace lsh;

constexpr std::string_view help =
    "usage: lsh [OPTION...] [FILE [ARGUMENT...]]\n"
    "       lsh [OPTION...] -c COMMANDS [NAME [ARGUMENT...]]\n"
    "Runs a script, COMMANDS, or what is typed.\n"
    "  -c   run COMMANDS; NAME is then $0\n"
    "  -i   interactive: prompts, history, job control\n"
    "  -s   commands from standard input, all words are arguments\n"
    "  -a -C -e -f -m -n -u -v -x, -o NAME, and + to switch off: as of the builtin `set`\n"
    "Inside, `help` lists the builtins.\n";

struct Given {
    bool commands = false;
    bool interactive = false;
    bool from_input = false;
    usize next = 1; ///< the first word that is no option
};

std::optional<Given> options(Shell& shell, os::Texts words) {
    Given given;
    usize const count = words.size();
    for (; given.next < count; ++given.next) {
        auto const word = words[given.next];
        if (word == "--") {
            ++given.next;
            break;
        }
        if (word.size() < 2 || (word[0] != '-' && word[0] != '+'))
            break;
        if (word == "--help") {
            (void)os::out.write(help);
            os::exit(os::output_failed() ? 1 : 0);
        }
        String rest = word.substr(0, 1);
        for (char const letter : word.substr(1)) {
            given.commands |= letter == 'c';
            given.interactive |= letter == 'i';
            given.from_input |= letter == 's';
            if (letter != 'c' && letter != 'i' && letter != 's' && letter != 'l')
                rest.push_back(letter);
        }
        bool const with_name = rest.view().find('o') != std::string_view::npos;
        auto const name = with_name ? words[++given.next] : std::string_view();
        if (rest.size() > 1 && !set_option(shell, rest, name))
            return std::nullopt;
    }
    return given;
}

void be_interactive(Shell& shell) {
    shell.options.interactive = true;
    if (auto terminal = system::duplicate_high(Fd(0));
        terminal && os::is_terminal(Fd(0)) && os::foreground_group(Fd(0))) {
        shell.terminal = terminal->release();
        (void)shell.start_job_control();
    }
    auto const home = shell.variables.value("HOME");
    String const file = format("{}/.lshrc", home.value_or(String()));
    if (home && os::exists(file))
        (void)shell.run_file(file, file);
}

} // namespace

int main() {
    auto const words = os::arguments();
    static Shell shell;
    auto const given = options(shell, words);
    if (!given)
        return 2;
    usize next = given->next;
    std::optional<String> commands;
    std::optional<String> file;
    if (given->commands) {
        if (next == words.size()) {
            os::err.print("lsh: -c needs commands\n");
            return 2;
        }
        commands = String(words[next++]);
    } else if (!given->from_input && next < words.size()) {
        file = String(words[next++]);
        shell.name = *file;
    }
    if (commands && next < words.size())
        shell.name = words[next++];
    for (; next < words.size(); ++next)
        shell.positional.push_back(words[next]);
    if (given->interactive ||
        (!commands && !file && os::is_terminal(Fd(0)) && os::is_terminal(Fd(2))))
        be_interactive(shell);
    if (commands)
        shell.leave(shell.run_last(make_ref<Source>("-c", *commands)));
    if (file) {
        auto const result = shell.run_file(*file, *file);
        if (!result) {
            os::err.print("lsh: {}: {}\n", *file, os::describe(result.error().code()));
            return 127;
        }
        shell.leave(*result);
    }
    Session session(shell);
    shell.leave(session.run());
}
