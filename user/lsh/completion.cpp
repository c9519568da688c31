// Gathers candidates for the word in front of the cursor.
#include "user/lsh/completion.hpp"

#include "libs/shell/parser.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/file.hpp"

#include <algorithm>

namespace lsh {

edit::Completions Completer::complete(std::string_view line, usize cursor) {
    what_ = shell::to_complete(line.substr(0, cursor));
    edit::Completions result;
    result.begin = what_.begin;
    switch (what_.kind) {
    case shell::ToComplete::Kind::command:
        commands(result);
        break;
    case shell::ToComplete::Kind::file:
        files(result);
        break;
    case shell::ToComplete::Kind::variable:
        variables(result);
        break;
    }
    auto& list = result.candidates;
    std::ranges::sort(list, {}, [](auto const& each) { return each.shown.view(); });
    auto const twins =
        std::ranges::unique(list, {}, [](auto const& each) { return each.shown.view(); });
    while (list.end() != twins.begin())
        list.pop_back();
    return result;
}

void Completer::add(edit::Completions& into, std::string_view name, bool whole) {
    if (!name.starts_with(what_.prefix.view()))
        return;
    String shown = name;
    if (what_.kind == shell::ToComplete::Kind::file && !whole)
        shown.push_back('/');
    String text = shell::completed(what_, name, whole);
    if (shown.size() > name.size())
        text.push_back('/');
    bool const ends = whole && what_.kind != shell::ToComplete::Kind::variable;
    into.candidates.push_back({std::move(text), std::move(shown), ends});
}

void Completer::commands(edit::Completions& into) {
    for (auto const& each : builtins())
        add(into, each.name, true);
    for (auto const& function : shell_.functions)
        add(into, function.name, true);
    String const path = shell_.variables.value("PATH").value_or(String());
    for (std::string_view rest = path; !rest.empty();) {
        auto const one = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        shell_.names_in(one, [&](std::string_view name) {
            if (!name.starts_with(what_.prefix.view()))
                return;
            String const file = format("{}/{}", one, name);
            if (!shell_.is_directory(file) && system::may_access(file, 1))
                add(into, name, true);
        });
    }
    // Directories lead to programs, too.
    if (!what_.prefix.empty() && into.candidates.empty())
        what_.kind = shell::ToComplete::Kind::file, files(into);
}

/// The directory as it is called without ~ and variables. Commands are not run for it.
String Completer::directory() const {
    auto const written = what_.directory.view();
    bool const expands = written.starts_with('~') || written.find('$') != written.npos;
    if (!expands || written.find_first_of("(`\n;&|<> ") != written.npos)
        return what_.directory;
    shell::Parser parser(make_ref<Source>("completion", format("x={}", written)));
    auto const list = parser.next();
    if (!list || !*list)
        return what_.directory;
    auto const& simple =
        static_cast<Simple const&>(*(*list)->chains[0].links[0].pipeline.commands[0]);
    auto const text = simple.assignments.empty()
                          ? std::expected<String, Problem>(what_.directory)
                          : shell::expand_text(shell_, *simple.assignments[0].value);
    return text ? *text : what_.directory;
}

void Completer::files(edit::Completions& into) {
    String const place = directory();
    shell_.names_in(place, [&](std::string_view name) {
        if (name.starts_with('.') && !what_.prefix.view().starts_with('.'))
            return;
        if (name.starts_with(what_.prefix.view()))
            add(into, name, !shell_.is_directory(format("{}{}", place, name)));
    });
}

void Completer::variables(edit::Completions& into) {
    for (auto const& variable : shell_.variables.all())
        if (variable.value)
            add(into, variable.name, true);
}

} // namespace lsh
