// ps: lists processes, from /proc.
#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/os/system.hpp"

#include <algorithm>

namespace {

constexpr Option options[] = {
    {'p', "process", "only this one", "PROCESS"},
    {'u', "user", "only those of this user", "USER"},
    {'o', "columns", "which, of pid,ppid,pgid,sid,user,state,rss,time,comm,args", "COLUMNS"},
    {'H', "no-header", "without the line of names"}};

constexpr std::string_view usual = "pid,ppid,user,state,rss,time,args";
constexpr u64 ticks_per_second = 100;

struct Process {
    u64 pid = 0;
    u64 parent = 0;
    u64 group = 0;
    u64 session = 0;
    char state = '?';
    u64 ticks = 0;    ///< of CPU time
    u64 resident = 0; ///< KiB
    Uid user{0};
    String name;
    String arguments;
};

std::string_view take_word(std::string_view& rest) {
    while (rest.starts_with(' '))
        rest.remove_prefix(1);
    auto const end = rest.find(' ');
    auto const word = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end);
    return word;
}

/// Arguments end with zero bytes; what could drive a terminal becomes `?`.
String printable(std::string_view words) {
    String text;
    for (char const character : words)
        text.push_back(character == '\0'                                         ? ' '
                       : static_cast<u8>(character) < ' ' || character == '\177' ? '?'
                                                                                 : character);
    return text;
}

/// /proc/PID/stat, whose second field is a name in parentheses that may hold anything. False when
/// it makes no sense.
bool parse_stat(std::string_view text, Process& into) {
    auto const open = text.find('(');
    auto const close = text.rfind(')');
    if (open == text.npos || close == text.npos || close < open)
        return false;
    into.name = printable(text.substr(open + 1, close - open - 1));
    auto rest = text.substr(close + 1);
    Vector<std::string_view> fields; // from the third
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest))
        fields.push_back(word);
    if (fields.size() < 22)
        return false;
    auto const number = [&](usize field) { return parse_number(fields[field - 3]).value_or(0); };
    into.state = fields[0][0];
    into.parent = number(4);
    into.group = number(5);
    into.session = number(6);
    into.ticks = number(14) + number(15);
    into.resident = number(24) * (page_size / 1024);
    return true;
}

/// Nothing when it has ended meanwhile.
std::optional<Process> look(std::string_view number) {
    auto const directory = format("/proc/{}", number);
    auto const stat = os::read_file(format("{}/stat", directory));
    auto const status = os::status(directory);
    Process process;
    if (!stat || !status || !parse_stat(*stat, process))
        return std::nullopt;
    process.pid = parse_number(number).value_or(0);
    process.user = status->owner;
    if (auto const words = os::read_file(format("{}/cmdline", directory)))
        process.arguments = printable(*words);
    while (process.arguments.view().ends_with(' '))
        process.arguments.truncate(process.arguments.size() - 1);
    if (process.arguments.empty())
        process.arguments = format("[{}]", process.name); // of the kernel, or ending
    return process;
}

struct Column {
    std::string_view name;
    std::string_view title;
    bool right;
    String (*text)(Process const& process);
};

String user_name(Process const& process) {
    auto const user = os::find_user(process.user);
    return user ? user->name : format("{}", process.user);
}

String time_text(Process const& process) {
    u64 const seconds = process.ticks / ticks_per_second;
    return format("{}:{:02}.{:02}", seconds / 60, seconds % 60, process.ticks % ticks_per_second);
}

constexpr Column columns[] = {
    {"pid", "PID", true, [](Process const& of) { return format("{}", of.pid); }},
    {"ppid", "PPID", true, [](Process const& of) { return format("{}", of.parent); }},
    {"pgid", "PGID", true, [](Process const& of) { return format("{}", of.group); }},
    {"sid", "SID", true, [](Process const& of) { return format("{}", of.session); }},
    {"user", "USER", false, user_name},
    {"state", "S", false, [](Process const& of) { return format("{}", of.state); }},
    {"rss", "RSS", true, [](Process const& of) { return format("{}K", of.resident); }},
    {"time", "TIME", true, time_text},
    {"comm", "COMMAND", false, [](Process const& of) { return of.name; }},
    {"args", "COMMAND", false, [](Process const& of) { return of.arguments; }}};

Vector<Column const*> choose(std::string_view names) {
    Vector<Column const*> chosen;
    while (!names.empty()) {
        auto const end = names.find(',');
        auto const name = names.substr(0, end);
        names.remove_prefix(end == names.npos ? names.size() : end + 1);
        Column const* found = nullptr;
        for (auto const& column : columns)
            if (column.name == name)
                found = &column;
        if (found == nullptr)
            os::die(2, "'{}' is no column; see `{} --help`", name, os::program_name());
        chosen.push_back(found);
    }
    return chosen;
}

/// As wide as its widest text; the last one is not padded.
void show(Vector<Column const*> const& chosen, Vector<Process> const& list, bool header) {
    Vector<Vector<String>> rows;
    if (header) {
        rows.push_back({});
        for (auto const* column : chosen)
            rows.back().push_back(column->title);
    }
    for (auto const& process : list) {
        rows.push_back({});
        for (auto const* column : chosen)
            rows.back().push_back(column->text(process));
    }
    Vector<usize> widths(chosen.size());
    for (auto const& row : rows)
        for (usize i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    Colours const colours;
    os::BufferedOut out(os::out);
    for (usize r = 0; r < rows.size(); ++r) {
        bool const title = header && r == 0;
        if (title)
            out.write(colours.faint());
        for (usize i = 0; i < chosen.size(); ++i) {
            usize const missing = widths[i] - rows[r][i].size();
            for (usize k = 0; k < missing && chosen[i]->right; ++k)
                out.write(" ");
            out.write(rows[r][i]);
            for (usize k = 0; k < missing && !chosen[i]->right && i + 1 != chosen.size(); ++k)
                out.write(" ");
            if (i + 1 != chosen.size())
                out.write(" ");
        }
        out.print("{}\n", title ? colours.end() : "");
    }
}

} // namespace

int main() {
    CommandLine const line("", "Lists processes.", options);
    line.need_operands(0, 0);
    auto const chosen = choose(line.value('o').value_or(usual));
    std::optional<Uid> user;
    if (auto const name = line.value('u')) {
        auto const found = os::find_user(*name);
        if (!found)
            os::die(1, "{}: no such user", *name);
        user = found->id;
    }
    Vector<Process> list;
    if (auto const number = line.value('p')) {
        auto const process = parse_number(*number) ? look(*number) : std::nullopt;
        if (!process)
            os::die(1, "{}: no such process", *number);
        list.push_back(*process);
    } else {
        auto const names = os::list_directory("/proc");
        if (!names)
            os::die(1, "/proc: {}", names.error());
        for (auto const& name : *names)
            if (parse_number(name))
                if (auto const process = look(name))
                    list.push_back(*process);
        std::sort(list.begin(), list.end(),
                  [](Process const& a, Process const& b) { return a.pid < b.pid; });
    }
    for (usize i = list.size(); user && i-- != 0;)
        if (list[i].user != *user)
            list.erase(i);
    show(chosen, list, !line.has('H'));
    return exit_status();
}
