// Command: starting it.
#include "user/os/process.hpp"

#include "abi/resource.hpp"
#include "abi/signal.hpp"
#include "abi/termios.hpp"
#include "user/abi/spawn.hpp"
#include "user/os/path.hpp"
#include "user/os/text_list.hpp"

namespace os {

using core::call;
using core::failed;
using core::Syscall;

/// What the child needs, prepared by the parent, whose memory it shares.
struct CommandSteps : core::ChildSteps {
    Command const* command;
    char const* path;
    char* const* arguments;
    char* const* environment;
    char const* directory;
    int fds[core::max_descriptors];
    int count;

    long session() const noexcept;
    long descriptors() const noexcept;
    long limits() const noexcept;
    long identity() const noexcept;
    static long run_in_child(core::ChildSteps& base, u64 mask) noexcept;
};

namespace {

void reset_all_signals() noexcept {
    uapi::SigAction const usual = {};
    for (int signal = 1; signal <= uapi::signal_count; ++signal)
        call(Syscall::rt_sigaction, signal, &usual, nullptr, sizeof(u64));
}

/// Where a program is; what has no `/` is looked for in PATH.
Result<String> find_program(std::string_view name) {
    if (name.find('/') != name.npos)
        return String(name);
    auto rest = variable("PATH").value_or("/bin:/usr/bin");
    auto why = Errno::enoent;
    while (!name.empty()) {
        auto const colon = rest.find(':');
        String candidate(rest.substr(0, colon));
        candidate.append(candidate.empty() ? "./" : "/");
        candidate.append(name);
        auto const found = status(candidate);
        if (found && found->type == FileType::regular) {
            if (!failed(call(Syscall::faccessat, uapi::at_fdcwd, CString(candidate).data(),
                             uapi::x_ok)))
                return candidate;
            why = Errno::eacces;
        }
        if (colon == rest.npos)
            break;
        rest.remove_prefix(colon + 1);
    }
    return fail(why);
}

bool is_replaced(std::string_view entry, Vector<String> const& by) {
    auto const name = entry.substr(0, entry.find('='));
    for (auto const& other : by)
        if (other.view().substr(0, other.view().find('=')) == name)
            return true;
    return false;
}

} // namespace

long CommandSteps::session() const noexcept {
    if (command->session_) {
        if (long const answer = call(Syscall::setsid); failed(answer))
            return answer;
        if (command->terminal_)
            if (long const answer =
                    call(Syscall::ioctl, *command->terminal_, uapi::termios::tiocsctty, 0);
                failed(answer))
                return answer;
    }
    if (command->group_)
        if (long const answer = call(Syscall::setpgid, 0, *command->group_); failed(answer))
            return answer;
    if (command->foreground_) { // SIGTTOU is blocked here
        int const group = static_cast<int>(call(Syscall::getpgid, 0));
        if (long const answer =
                call(Syscall::ioctl, *command->foreground_, uapi::termios::tiocspgrp, &group);
            failed(answer))
            return answer;
    }
    return 0;
}

long CommandSteps::descriptors() const noexcept {
    if (long const answer = core::arrange_descriptors(fds, count))
        return answer;
    for (int i = 0; i < count; ++i) {
        auto const& redirection = command->redirections_.data()[i];
        if (!redirection.of_child || static_cast<int>(redirection.fd) == i)
            continue;
        if (long const answer = call(Syscall::dup3, redirection.fd, i, 0); failed(answer))
            return answer;
    }
    return 0;
}

long CommandSteps::limits() const noexcept {
    if (!command->open_files_)
        return 0;
    return call(Syscall::prlimit64, 0, uapi::Limit::open_files, &*command->open_files_, nullptr);
}

long CommandSteps::identity() const noexcept {
    if (!command->user_)
        return 0;
    long answer = call(Syscall::setgroups, 1, &command->group_id_);
    if (!failed(answer))
        answer = call(Syscall::setgid, command->group_id_);
    if (!failed(answer))
        answer = call(Syscall::setuid, *command->user_);
    return answer;
}

long CommandSteps::run_in_child(core::ChildSteps& base, u64 mask) noexcept {
    auto const& steps = static_cast<CommandSteps&>(base);
    if (long const error = steps.session())
        return error;
    if (long const error = steps.descriptors())
        return error;
    if (steps.directory != nullptr)
        if (long const error = call(Syscall::chdir, steps.directory))
            return error;
    if (long const error = steps.limits())
        return error;
    if (long const error = steps.identity())
        return error;
    if (steps.command->default_signals_) {
        reset_all_signals();
        mask = 0;
    }
    return core::finish_child(steps.path, steps.arguments, steps.environment, mask);
}

Result<Child> Command::start() const {
    String const path = TRY(find_program(program_));
    CString const path_text(path);
    CString const directory_text(directory_);
    TextList arguments;
    arguments.add(name_);
    for (auto const& text : arguments_)
        arguments.add(text);
    TextList environment;
    if (own_environment_)
        for (auto const entry : os::environment())
            if (!is_replaced(entry, variables_))
                environment.add(entry);
    for (auto const& text : variables_)
        environment.add(text);

    CommandSteps steps = {};
    Vector<File> opened;
    for (auto const& redirection : redirections_) {
        int fd = -1;
        if (redirection.kind == Redirection::Kind::descriptor && !redirection.of_child)
            fd = static_cast<int>(redirection.fd);
        if (redirection.kind == Redirection::Kind::file ||
            redirection.kind == Redirection::Kind::null) {
            bool const null = redirection.kind == Redirection::Kind::null;
            auto& file = opened.push_back(
                TRY(File::open(null ? "/dev/null" : redirection.path.view(),
                               null ? Open::read_write : redirection.flags, redirection.mode)));
            fd = static_cast<int>(file.fd());
        }
        std::span(steps.fds).data()[steps.count++] = fd;
    }
    steps.run = CommandSteps::run_in_child;
    steps.command = this;
    steps.path = path_text.data();
    steps.arguments = arguments.data();
    steps.environment = environment.data();
    steps.directory = directory_.empty() ? nullptr : directory_text.data();
    return Child(Pid(static_cast<int>(TRY(checked(core::start_child(steps))))));
}

Result<Status> Command::run() const {
    auto child = TRY(start());
    return child.wait();
}

} // namespace os
