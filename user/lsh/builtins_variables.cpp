// Builtins about options, arguments and variables.
#include "libs/shell/parser.hpp"
#include "libs/shell/text.hpp"
#include "user/lsh/builtins.hpp"

#include <optional>

namespace lsh {
namespace {

struct OptionName {
    char letter;
    std::string_view name;
    bool Options::* value;
};

constexpr OptionName option_names[] = {
    {'a', "allexport", &Options::all_exported}, {'C', "noclobber", &Options::no_clobber},
    {'e', "errexit", &Options::exit_on_error},  {'f', "noglob", &Options::no_file_names},
    {'m', "monitor", &Options::job_control},    {'n', "noexec", &Options::no_execution},
    {'u', "nounset", &Options::unset_is_error}, {'v', "verbose", &Options::verbose},
    {'x', "xtrace", &Options::trace},
};

bool put(Shell& shell, OptionName const& option, bool on) {
    if (option.letter == 'm' && on && !shell.options.job_control) {
        if (static_cast<int>(shell.terminal) < 0) {
            os::err.print("{}: no job control without a terminal\n", shell.name);
            return false;
        }
        if (!shell.start_job_control())
            return false;
    }
    shell.options.*option.value = on;
    return true;
}

/// NAME or NAME=VALUE: the name, and the value if there is one. Nothing if it is no name.
struct Named {
    std::string_view name;
    std::optional<std::string_view> value;
};

std::optional<Named> named(std::string_view word) {
    usize const equals = word.find('=');
    auto const name = word.substr(0, equals);
    if (!shell::is_name(name))
        return std::nullopt;
    if (equals == word.npos)
        return Named{name, std::nullopt};
    return Named{name, word.substr(equals + 1)};
}

/// `export` and `readonly`: both list, and mark what they are given.
int mark(Shell& shell, Vector<String> const& words, bool shell::Variable::* property,
         FunctionRef<void(std::string_view)> set) {
    usize at = 1;
    if (at < words.size() && (words[at] == "-p" || words[at] == "--"))
        ++at;
    if (at == words.size()) {
        for (auto const& variable : shell.variables.all()) {
            if (!(variable.*property))
                continue;
            if (variable.value)
                os::print("{} {}={}\n", words[0], variable.name,
                          shell::single_quoted(*variable.value));
            else
                os::print("{} {}\n", words[0], variable.name);
        }
        return 0;
    }
    int result = 0;
    for (; at < words.size(); ++at) {
        auto const what = named(words[at]);
        if (!what) {
            result = shell.complain(words[0], format("{}: no name of a variable", words[at]));
            continue;
        }
        if (what->value && !shell.assign(what->name, *what->value)) {
            result = shell.complain(words[0], format("{}: is read only", what->name));
            continue;
        }
        set(what->name);
    }
    return result;
}

} // namespace

bool set_option(Shell& shell, std::string_view word, std::string_view long_name) {
    bool const on = word[0] == '-';
    for (char const letter : word.substr(1)) {
        bool known = false;
        for (auto const& option : option_names)
            if (letter == 'o' ? option.name == long_name : option.letter == letter) {
                known = true;
                if (!put(shell, option, on))
                    return false;
            }
        if (!known) {
            (void)shell.complain("set", letter == 'o' ? format("{}: no such option", long_name)
                                                      : format("-{}: no such option", letter));
            return false;
        }
    }
    return true;
}

int builtin::set(Shell& shell, Words words) {
    if (words.size() == 1) {
        for (auto const& variable : shell.variables.all())
            if (variable.value)
                os::print("{}={}\n", variable.name, shell::single_quoted(*variable.value));
        return 0;
    }
    usize at = 1;
    bool arguments = false;
    for (; at < words.size(); ++at) {
        auto const word = words[at].view();
        if (word == "--") {
            ++at;
            arguments = true;
            break;
        }
        if (word.size() < 2 || (word[0] != '-' && word[0] != '+'))
            break;
        bool const with_name = word.find('o') != word.npos;
        if (with_name && at + 1 == words.size()) {
            for (auto const& option : option_names)
                os::print("{:<12} {}\n", option.name, shell.options.*option.value ? "on" : "off");
            return 0;
        }
        if (!set_option(shell, word, with_name ? words[++at].view() : ""))
            return 2;
    }
    if (arguments || at < words.size()) {
        Vector<String> rest;
        for (; at < words.size(); ++at)
            rest.push_back(words[at]);
        shell.positional = std::move(rest);
    }
    return 0;
}

int builtin::shift(Shell& shell, Words words) {
    auto const count = words.size() > 1 ? shell::parse_integer(words[1]) : std::optional<i64>(1);
    if (!count || *count < 0)
        return shell.complain("shift", format("{}: no count", words[1]), 2);
    if (static_cast<usize>(*count) > shell.positional.size())
        return 1;
    for (i64 i = 0; i < *count; ++i)
        shell.positional.erase(0);
    return 0;
}

int builtin::export_(Shell& shell, Words words) {
    return mark(shell, words, &shell::Variable::exported,
                [&](std::string_view name) { shell.variables.set_exported(name, true); });
}

int builtin::readonly(Shell& shell, Words words) {
    return mark(shell, words, &shell::Variable::read_only,
                [&](std::string_view name) { shell.variables.set_read_only(name); });
}

int builtin::unset(Shell& shell, Words words) {
    usize at = 1;
    bool functions = false;
    bool variables = false;
    for (; at < words.size() && words[at].view().starts_with('-'); ++at) {
        functions |= words[at] == "-f";
        variables |= words[at] == "-v";
    }
    int result = 0;
    for (; at < words.size(); ++at) {
        auto const* const function = shell.find_function(words[at]);
        if (!functions && !shell.variables.unset(words[at]))
            result = shell.complain("unset", format("{}: is read only", words[at]));
        if (functions && !variables && function != nullptr)
            shell.functions.erase(static_cast<usize>(function - shell.functions.begin()));
    }
    return result;
}

int builtin::local(Shell& shell, Words words) {
    if (shell.functions_running == 0)
        return shell.complain("local", "not in a function");
    for (usize i = 1; i < words.size(); ++i) {
        auto const what = named(words[i]);
        if (!what)
            return shell.complain("local", format("{}: no name of a variable", words[i]));
        if (!shell.variables.make_local(what->name) ||
            (what->value && !shell.assign(what->name, *what->value)))
            return shell.complain("local", format("{}: is read only", what->name));
    }
    return 0;
}

/// POSIX's getopts: OPTIND and the position in its word say how far one has come.
int builtin::getopts(Shell& shell, Words words) {
    if (words.size() < 3 || !shell::is_name(words[2]))
        return shell.complain("getopts", "letters and a name must follow", 2);
    auto letters = words[1].view();
    bool const quiet = letters.starts_with(':');
    Vector<String> list;
    for (usize i = 3; i < words.size(); ++i)
        list.push_back(words[i]);
    if (words.size() == 3)
        list = shell.positional;
    auto const kept = shell.variables.value("OPTIND");
    usize index = static_cast<usize>(shell::parse_integer(kept.value_or(String("1"))).value_or(1));
    index = index == 0 ? 1 : index;
    usize at = shell.option_at;
    auto const finish = [&](std::string_view letter, std::optional<String> value, int result) {
        (void)shell.assign("OPTIND", format("{}", index));
        shell.option_at = at;
        if (value)
            (void)shell.assign("OPTARG", *value);
        else
            (void)shell.variables.unset("OPTARG");
        (void)shell.assign(words[2], letter);
        return result;
    };
    auto const word = index <= list.size() ? list[index - 1].view() : std::string_view();
    if (at == 1 && (word.size() < 2 || word[0] != '-' || word == "--")) {
        index += word == "--" ? 1 : 0;
        return finish("?", std::nullopt, 1);
    }
    char const letter = at < word.size() ? word[at] : '?';
    usize const known = letter == ':' ? letters.npos : letters.find(letter, quiet ? 1 : 0);
    bool const last = ++at >= word.size();
    auto const next_word = [&] {
        ++index;
        at = 1;
    };
    String const shown(std::string_view(&letter, 1));
    if (known == letters.npos) {
        if (last)
            next_word();
        if (!quiet)
            (void)shell.complain("getopts", format("-{}: no such option", letter));
        return finish("?", quiet ? std::optional<String>(shown) : std::nullopt, 0);
    }
    if (known + 1 == letters.size() || letters[known + 1] != ':') {
        if (last)
            next_word();
        return finish(shown, std::nullopt, 0);
    }
    std::optional<String> value;
    if (!last)
        value = String(word.substr(at));
    next_word();
    if (!value && index <= list.size())
        value = list[index++ - 1];
    if (!value) {
        if (!quiet)
            (void)shell.complain("getopts", format("-{}: its value is missing", letter));
        return finish(quiet ? ":" : "?", quiet ? std::optional<String>(shown) : std::nullopt, 0);
    }
    return finish(shown, value, 0);
}

} // namespace lsh
