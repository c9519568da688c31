// Files of jobs: the parser.
#include "libs/cron/crontab.hpp"

#include "libs/base/format.hpp"
#include "libs/cron/text.hpp"

namespace cron {
namespace {

bool is_name(std::string_view text) {
    for (char const character : text)
        if (character != '_' && (character < '0' || character > '9') &&
            (character < 'A' || character > 'Z') && (character < 'a' || character > 'z'))
            return false;
    return !text.empty() && (text[0] < '0' || text[0] > '9');
}

/// Takes away the quotes around the whole, if there are any.
std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0])
        return text.substr(1, text.size() - 2);
    return text;
}

std::string_view without_blanks_behind(std::string_view text) {
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// NAME=value, with blanks around the sign and quotes around both.
std::optional<String> parse_variable(std::string_view line) {
    auto const equals = line.find('=');
    if (equals == line.npos)
        return std::nullopt;
    auto const name = unquoted(without_blanks_behind(line.substr(0, equals)));
    if (!is_name(name))
        return std::nullopt;
    auto value = line.substr(equals + 1);
    skip_blanks(value);
    return format("{}={}", name, unquoted(without_blanks_behind(value)));
}

/// An unescaped `%` ends the command; the others are ends of lines of its input.
void split_command(std::string_view text, Entry& entry) {
    bool in_input = false;
    for (usize i = 0; i < text.size(); ++i) {
        auto& to = in_input ? entry.input : entry.command;
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%')
            to.push_back(text[++i]);
        else if (text[i] != '%')
            to.push_back(text[i]);
        else if (in_input)
            to.push_back('\n');
        else
            in_input = true;
    }
    if (!entry.input.empty() && !entry.input.view().ends_with('\n'))
        entry.input.push_back('\n');
}

std::expected<Entry, String> parse_entry(std::string_view line, Form form) {
    Entry entry;
    constexpr std::string_view at_start = "@reboot";
    if (line.starts_with(at_start) &&
        (line.size() == at_start.size() || is_blank(line[at_start.size()]))) {
        take_word(line);
    } else {
        auto const schedule = Schedule::take(line);
        if (!schedule)
            return std::unexpected(schedule.error());
        entry.schedule = *schedule;
    }
    if (form == Form::system) {
        entry.user = take_word(line);
        if (entry.user.empty())
            return std::unexpected(String("the user is missing"));
    }
    split_command(line, entry);
    if (entry.command.empty())
        return std::unexpected(String("the command is missing"));
    return entry;
}

} // namespace

Crontab parse_crontab(std::string_view text, Form form) {
    Crontab table;
    for (u32 number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        skip_blanks(line);
        if (line.empty() || line[0] == '#')
            continue;
        if (line.find('\0') != line.npos) {
            table.problems.push_back({number, "a zero byte"});
            continue;
        }
        if (auto const variable = parse_variable(line)) {
            table.variables.push_back(*variable);
            continue;
        }
        auto entry = parse_entry(line, form);
        if (!entry) {
            table.problems.push_back({number, entry.error()});
            continue;
        }
        entry->line = number;
        entry->variables = static_cast<u32>(table.variables.size());
        table.entries.push_back(std::move(*entry));
    }
    return table;
}

} // namespace cron
