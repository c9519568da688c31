// crontab: a user's table of jobs: checks it and puts it in its place, shows, edits, removes it.
#include "libs/cron/crontab.hpp"
#include "user/cron/edit.hpp"
#include "user/os/process.hpp"
#include "user/os/system.hpp"
#include "user/spool/spool.hpp"

namespace {

constexpr Option options[] = {
    {'l', "list", "show the table"},
    {'e', "edit", "edit it with $VISUAL, $EDITOR or vi"},
    {'r', "remove", "remove the table"},
    {'c', "check", "only say what is wrong in the file"},
    {'s', "system", "with -c: lines have a user, as in /etc/crontab"},
    {'u', "user", "of that user", "USER"},
    spool::table_option,
    spool::run_option,
};

/// What somebody without a table begins with.
constexpr std::string_view new_table = "# minute hour day-of-month month weekday command\n";

/// Of a file or, as "-", of standard input.
String content_of(std::string_view path) {
    if (path == "-") {
        String text;
        if (auto const read = os::in.read_all(text); !read)
            os::die(1, "standard input: {}", read.error());
        return text;
    }
    auto text = os::read_file(path);
    if (!text)
        os::die(1, "{}: {}", path, text.error());
    return std::move(*text);
}

bool is_right(std::string_view path, std::string_view text, cron::Form form) {
    auto const table = cron::parse_crontab(text, form);
    for (auto const& problem : table.problems)
        complain(format("{}:{}", path == "-" ? "standard input" : path, problem.line),
                 problem.what);
    return table.problems.empty();
}

bool is_right_table(std::string_view text) {
    return is_right("the table", text, cron::Form::user);
}

/// For those who know other crons.
void tell_where_output_goes(std::string_view text) {
    for (auto const& variable : cron::parse_crontab(text, cron::Form::user).variables)
        if (variable.view().starts_with("MAILTO=") && variable != "MAILTO=")
            return os::print_error("crontab: there is no mail: what jobs write is in the log, "
                                   "`log -s crond` shows it\n");
}

/// Whole at every moment.
Result<void> install(std::string_view directory, os::User const& user, std::string_view text) {
    (void)os::make_directories(directory, os::Mode(0755));
    auto const fresh = format("{}/.{}.{}", directory, user.name, os::process_id());
    auto done = os::write_file(fresh, text, os::Mode(0600));
    if (done && user.id != os::user_id())
        done = os::change_owner(fresh, user.id, user.group);
    if (done)
        done = os::rename(fresh, format("{}/{}", directory, user.name));
    if (!done)
        (void)os::remove(fresh);
    return done;
}

} // namespace

int main() {
    CommandLine const line("[FILE]",
                           "Makes FILE (- is standard input) the user's table of jobs, unless "
                           "something is wrong in it.",
                           options);
    bool const other = line.has('l') || line.has('e') || line.has('r');
    line.need_operands(other ? 0 : 1, other ? 0 : 1);
    if (line.has('c'))
        return is_right(line.operands()[0], content_of(line.operands()[0]),
                        line.has('s') ? cron::Form::system : cron::Form::user)
                   ? 0
                   : 1;
    auto const name = line.value('u');
    auto const user = name ? os::find_user(*name) : os::find_user(os::user_id());
    if (!user)
        os::die(1, "{}: no such user", name.value_or("you"));
    auto const directory = spool::place(line, "table-directory", spool::table_directory);
    auto const path = format("{}/{}", directory, user->name);
    if (line.has('l')) {
        auto const text = os::read_file(path);
        if (!text)
            os::die(1, "{}: {}", path, text.error());
        if (auto const written = os::out.write(*text); !written)
            os::die(1, "standard output: {}", written.error());
        return 0;
    }
    Result<void> done;
    if (line.has('r')) {
        done = os::remove(path);
    } else {
        std::optional<String> text;
        if (line.has('e')) {
            auto const before = os::read_file(path);
            if (!before && before.error() != Errno::enoent)
                os::die(1, "{}: {}", path, before.error());
            text = edit(before ? before->view() : new_table, is_right_table);
        } else {
            text = content_of(line.operands()[0]);
            if (!is_right(line.operands()[0], *text, cron::Form::user))
                return 1;
        }
        if (!text)
            return 0;
        tell_where_output_goes(*text);
        done = install(directory, *user, *text);
    }
    if (!done)
        os::die(1, "{}: {}", path, done.error());
    spool::wake_crond(spool::place(line, "run-directory", spool::run_directory));
    return 0;
}
