// Builtins about where one is and what names stand for.
#include "libs/shell/parser.hpp"
#include "libs/shell/text.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/environment.hpp"
#include "user/os/file.hpp"

#include <algorithm>
#include <optional>

namespace lsh {
namespace {

/// `path` from `directory` on, without . and .. and double slashes, by the text alone.
String resolve(std::string_view directory, std::string_view path) {
    Vector<std::string_view> components;
    auto const walk = [&](std::string_view text) {
        while (!text.empty()) {
            auto const one = text.substr(0, text.find('/'));
            text.remove_prefix(std::min(one.size() + 1, text.size()));
            if (one == ".." && !components.empty())
                components.pop_back();
            else if (!one.empty() && one != "." && one != "..")
                components.push_back(one);
        }
    };
    if (!path.starts_with('/'))
        walk(directory);
    walk(path);
    String result;
    for (auto const one : components) {
        result.push_back('/');
        result.append(one);
    }
    return result.empty() ? String("/") : result;
}

/// How `name` would be found, for `type` and `command -v`; empty if not at all.
String kind_of(Shell& shell, std::string_view name, bool briefly) {
    if (shell::is_reserved(name))
        return briefly ? String(name) : String("a word of the language");
    if (auto const* const builtin = find_builtin(name); builtin != nullptr && builtin->special)
        return briefly ? String(name) : String("a special shell builtin");
    if (shell.find_function(name) != nullptr)
        return briefly ? String(name) : String("a shell function");
    if (find_builtin(name) != nullptr)
        return briefly ? String(name) : String("a shell builtin");
    String const path = shell.find_program(name);
    return !path.empty() && system::may_access(path, 1) ? path : String();
}

} // namespace

int builtin::pwd(Shell& shell, Words words) {
    bool const physical = words.size() > 1 && words[1] == "-P";
    String const here = physical ? os::working_directory().value_or(String("?"))
                                 : shell.variables.value("PWD").value_or(String("?"));
    os::print("{}\n", here);
    return 0;
}

int builtin::cd(Shell& shell, Words words) {
    bool physical = false;
    usize at = 1;
    while (at < words.size() && (words[at] == "-P" || words[at] == "-L" || words[at] == "--"))
        physical = words[at++] == "-P";
    if (words.size() > at + 1)
        return shell.complain("cd", "more than one directory", 2);
    String target;
    bool const back = at < words.size() && words[at] == "-";
    if (at == words.size() || back) {
        auto const kept = shell.variables.value(back ? "OLDPWD" : "HOME");
        if (!kept)
            return shell.complain("cd", back ? "OLDPWD is not set" : "HOME is not set", 2);
        target = *kept;
    } else {
        target = words[at];
    }
    auto const before = shell.variables.value("PWD").value_or(String("/"));
    String place = physical ? target : resolve(before, target);
    auto const moved = os::change_directory(place);
    if (!moved)
        return shell.complain("cd", format("{}: {}", target, os::describe(moved.error().code())),
                              2);
    if (physical)
        place = os::working_directory().value_or(place);
    (void)shell.assign("OLDPWD", before);
    (void)shell.assign("PWD", place);
    if (back)
        os::print("{}\n", place);
    return 0;
}

int builtin::umask(Shell& shell, Words words) {
    if (words.size() == 1) {
        auto const mask = os::set_creation_mask(os::Mode(077));
        os::set_creation_mask(mask);
        os::print("{:04o}\n", static_cast<u32>(mask));
        return 0;
    }
    u32 mask = 0;
    bool good = !words[1].empty() && words[1].size() <= 4;
    for (char const digit : words[1].view()) {
        good &= digit >= '0' && digit <= '7';
        mask = mask * 8 + static_cast<u32>(digit - '0');
    }
    if (!good)
        return shell.complain("umask", format("{}: no octal number", words[1]), 2);
    os::set_creation_mask(os::Mode(mask & 0777));
    return 0;
}

int builtin::type(Shell& shell, Words words) {
    int result = 0;
    for (usize i = 1; i < words.size(); ++i) {
        String const kind = kind_of(shell, words[i], false);
        if (kind.empty()) {
            os::err.print("{}: not found\n", words[i]);
            result = 127;
        } else {
            os::print("{} is {}\n", words[i], kind);
        }
    }
    return result;
}

int builtin::command(Shell& shell, Words words) {
    usize at = 1;
    bool brief = false;
    bool verbose = false;
    for (; at < words.size() && words[at].view().starts_with('-'); ++at) {
        if (words[at] == "--") {
            ++at;
            break;
        }
        if (words[at] != "-v" && words[at] != "-V" && words[at] != "-p")
            return shell.complain("command", format("{}: no such option", words[at]), 2);
        brief |= words[at] == "-v";
        verbose |= words[at] == "-V";
    }
    Vector<String> rest;
    for (; at < words.size(); ++at)
        rest.push_back(words[at]);
    if (verbose) {
        rest.insert(0, "type");
        return type(shell, rest);
    }
    if (brief) {
        int result = 0;
        for (auto const& name : rest) {
            String const kind = kind_of(shell, name, true);
            if (kind.empty())
                result = 127;
            else
                os::print("{}\n", kind);
        }
        return result;
    }
    return rest.empty() ? 0 : shell.run_words(rest, false);
}

} // namespace lsh
