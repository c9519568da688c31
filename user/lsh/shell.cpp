// The shell as the world of expansions; reports; running texts and files.
#include "user/lsh/shell.hpp"

#include "libs/shell/parser.hpp"
#include "user/lsh/redirect.hpp"
#include "user/os/directory.hpp"
#include "user/os/environment.hpp"
#include "user/os/file.hpp"

#include <algorithm>
#include <utility>

namespace lsh {

Shell::Shell() : process(system::process_id()) {
    for (std::string_view const entry : os::environment()) {
        usize const equals = entry.find('=');
        if (equals == entry.npos || !shell::is_name(entry.substr(0, equals)))
            continue;
        variables.assign(entry.substr(0, equals), entry.substr(equals + 1));
        variables.set_exported(entry.substr(0, equals), true);
    }
    variables.assign("IFS", " \t\n");
    variables.set_exported("IFS", false);
    variables.assign("OPTIND", "1");
    variables.assign("PPID", format("{}", system::parent_process_id()));
    if (!variables.value("PATH"))
        variables.assign("PATH", "/bin:/usr/bin:/sbin:/usr/sbin");
    // What one was in before, if that is true.
    auto const before = variables.value("PWD");
    auto const said = before ? os::status(*before) : Result<os::FileStatus>(fail(Errno::enoent));
    auto const here = os::status(".");
    bool const good = said && here && said->inode == here->inode && said->device == here->device &&
                      before->view().starts_with('/');
    if (!good)
        variables.assign("PWD", os::working_directory().value_or(String("/")));
    variables.set_exported("PWD", true);
}

void Shell::report(Problem const& problem) {
    String text;
    StringSink sink(text);
    shell::describe(sink, problem);
    (void)os::err.write(text);
}

int Shell::give_up(Problem const& problem) {
    report(problem);
    flow = Flow::give_up;
    return status = 2;
}

int Shell::complain(std::string_view who, std::string_view text, int result) {
    if (running != nullptr)
        report({running->source, running->begin, format("{}: {}", who, text)});
    else
        os::err.print("{}: {}: {}\n", name, who, text);
    return result;
}

int Shell::run_text(Ref<Source> const& source) {
    shell::Parser parser(source);
    if (options.verbose)
        (void)os::err.write(source->text);
    while (flow == Flow::on) {
        auto const list = parser.next();
        if (!list)
            return give_up(list.error());
        if (!*list)
            break;
        if (!options.no_execution)
            status = run(**list);
    }
    return status;
}

int Shell::run_last(Ref<Source> const& source) {
    shell::Parser parser(source);
    auto const only = parser.next();
    auto const more = only && *only ? parser.next() : only;
    if (!only || !*only || !more || *more || options.no_execution || options.verbose)
        return run_text(source);
    last_ = !options.interactive;
    return run(**only);
}

Result<int> Shell::run_file(std::string_view path, std::string_view as) {
    auto const text = TRY(os::read_file(path));
    return run_text(make_ref<Source>(as, text));
}

void Shell::leave(int result) {
    status = result;
    for (auto const& trap : traps)
        if (trap.signal == 0 && !trap.action.empty()) {
            String const action = trap.action;
            set_trap(0, std::nullopt);
            flow = Flow::on;
            (void)run_text(make_ref<Source>("trap", action));
            if (flow != Flow::exit)
                status = result;
            break;
        }
    os::exit(status);
}

std::optional<String> Shell::variable(std::string_view wanted) {
    return variables.value(wanted);
}

bool Shell::assign(std::string_view target, std::string_view value) {
    if (!variables.assign(target, value))
        return false;
    if (options.all_exported)
        variables.set_exported(target, true);
    if (target == "OPTIND")
        option_at = 1;
    return true;
}

String Shell::option_letters() const {
    String letters;
    auto const add = [&](bool on, char letter) {
        if (on)
            letters.push_back(letter);
    };
    add(options.all_exported, 'a');
    add(options.no_clobber, 'C');
    add(options.exit_on_error, 'e');
    add(options.no_file_names, 'f');
    add(options.interactive, 'i');
    add(options.job_control, 'm');
    add(options.no_execution, 'n');
    add(options.unset_is_error, 'u');
    add(options.verbose, 'v');
    add(options.trace, 'x');
    return letters;
}

String Shell::special(char which) {
    switch (which) {
    case '?':
        return format("{}", status);
    case '$':
        return format("{}", process);
    case '!':
        return last_background != 0 ? format("{}", last_background) : String();
    case '-':
        return option_letters();
    case '0':
        return name;
    default:
        return {};
    }
}

std::expected<String, Problem> Shell::output_of(Ref<List> const& commands) {
    auto const problem = [&](std::string_view what) {
        return std::unexpected(Problem{running->source, running->begin, what});
    };
    auto pipe = os::make_pipe();
    if (!pipe)
        return problem("no pipe for the command's output");
    auto const child = system::fork();
    if (!child)
        return problem("no process for the command");
    if (*child == 0) {
        become_subshell();
        (void)system::duplicate(pipe->write_end.fd(), Fd(1));
        pipe = os::Pipe();
        last_ = true;
        leave(run(*commands));
    }
    pipe->write_end = {};
    String output;
    char buffer[4096];
    for (;;) {
        auto const got = pipe->read_end.read(std::as_writable_bytes(std::span(buffer)));
        if (!got && got.error() == Errno::eintr)
            continue;
        if (!got || *got == 0)
            break;
        output.append({buffer, *got});
    }
    pipe->read_end = {};
    auto& job = jobs.add("$(...)", true);
    job.processes.push_back({*child, {}});
    u32 const number = job.number;
    for (;;) {
        auto* const now = jobs.by_number(number);
        if (now->state().ended())
            break;
        auto const change = system::next_change(system::Wait::ends);
        if (!change && change.error() != Errno::eintr)
            break;
        if (change && *change)
            jobs.note((*change)->pid, (*change)->state);
    }
    substitution_status_ = jobs.by_number(number)->state().status();
    jobs.forget(number);
    return output;
}

std::optional<String> Shell::home_of(std::string_view user) {
    if (user.empty())
        return variables.value("HOME");
    auto const users = os::read_file("/etc/passwd");
    std::string_view rest = users ? users->view() : std::string_view();
    while (!rest.empty()) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        // name:password:uid:gid:comment:home:shell
        if (line.substr(0, line.find(':')) != user)
            continue;
        for (int field = 0; field < 5; ++field)
            line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
        return String(line.substr(0, line.find(':')));
    }
    return std::nullopt;
}

void Shell::names_in(std::string_view directory, FunctionRef<void(std::string_view)> each) {
    auto opened = os::Directory::open(directory.empty() ? "." : directory);
    if (!opened)
        return;
    for (;;) {
        auto const entry = opened->next();
        if (!entry || !*entry)
            return;
        each((*entry)->name);
    }
}

bool Shell::exists(std::string_view path) {
    return os::status(path, os::Links::not_follow).has_value();
}

bool Shell::is_directory(std::string_view path) {
    auto const there = os::status(path);
    return there && there->type == os::FileType::directory;
}

} // namespace lsh
