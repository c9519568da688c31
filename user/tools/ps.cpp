// ps: lists processes, from /proc.
#include "libs/procstat/procstat.hpp"
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

struct Process {
    procstat::Process numbers; ///< without its name
    Uid user{0};
    String name;
    String arguments;
};

/// Nothing when it has ended meanwhile.
std::optional<Process> look(std::string_view number) {
    auto const directory = format("/proc/{}", number);
    auto const stat = os::read_file(format("{}/stat", directory));
    auto const status = os::status(directory);
    auto const parsed = stat ? procstat::parse_process(*stat) : std::nullopt;
    if (!parsed || !status)
        return std::nullopt;
    Process process = {.numbers = *parsed,
                       .user = status->owner,
                       .name = procstat::printable(parsed->name),
                       .arguments = {}};
    process.numbers.name = {}; // of a text that goes
    if (auto const words = os::read_file(format("{}/cmdline", directory)))
        process.arguments = procstat::printable(*words);
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
    u64 const ticks = process.numbers.ticks;
    u64 const seconds = ticks / procstat::ticks_per_second;
    return format("{}:{:02}.{:02}", seconds / 60, seconds % 60, ticks % procstat::ticks_per_second);
}

constexpr Column columns[] = {
    {"pid", "PID", true, [](Process const& of) { return format("{}", of.numbers.pid); }},
    {"ppid", "PPID", true, [](Process const& of) { return format("{}", of.numbers.parent); }},
    {"pgid", "PGID", true, [](Process const& of) { return format("{}", of.numbers.group); }},
    {"sid", "SID", true, [](Process const& of) { return format("{}", of.numbers.session); }},
    {"user", "USER", false, user_name},
    {"state", "S", false, [](Process const& of) { return format("{}", of.numbers.state); }},
    {"rss", "RSS", true, [](Process const& of) { return format("{}K", of.numbers.resident); }},
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
                  [](Process const& a, Process const& b) { return a.numbers.pid < b.numbers.pid; });
    }
    for (usize i = list.size(); user && i-- != 0;)
        if (list[i].user != *user)
            list.erase(i);
    show(chosen, list, !line.has('H'));
    return exit_status();
}
