// Processes: starting programs with redirected descriptors, pipelines, waiting.
//
//     os::Command sort("sort", {"-r"});
//     sort.input(os::from_file("names")).output(os::to_file("sorted"));
//     os::Status const status = TRY(sort.run());
#pragma once

#include "libs/base/id.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"
#include "user/os/environment.hpp"
#include "user/os/file.hpp"

#include <initializer_list>
#include <optional>

namespace os {

/// How a process ended, or stopped.
class Status {
public:
    constexpr Status() = default;

    constexpr explicit Status(int raw) noexcept : raw_(raw) {}

    /// The exit code, when it ended by exit.
    constexpr std::optional<int> code() const noexcept {
        return (raw_ & 0x7f) == 0 ? std::optional(raw_ >> 8 & 0xff) : std::nullopt;
    }

    /// The signal that ended it.
    constexpr std::optional<int> signal() const noexcept {
        int const number = raw_ & 0x7f;
        return number != 0 && number != 0x7f ? std::optional(number) : std::nullopt;
    }

    /// The signal that stopped it; it is still there.
    constexpr std::optional<int> stopped() const noexcept {
        return (raw_ & 0xff) == 0x7f ? std::optional(raw_ >> 8 & 0xff) : std::nullopt;
    }

    constexpr bool continued() const noexcept { return raw_ == 0xffff; }

    constexpr bool succeeded() const noexcept { return raw_ == 0; }

    /// As shells say it: the code, or 128 and the signal.
    constexpr int as_exit_code() const noexcept {
        auto const number = signal() ? signal() : stopped();
        return number ? 128 + *number : raw_ >> 8 & 0xff;
    }

private:
    int raw_ = 0;
};

/// Where a descriptor of a child leads.
class Redirection {
public:
    enum class Kind : u8 {
        inherit,   ///< the parent's of the same number
        null,      ///< /dev/null
        file,      ///< opened in the child, by flags and mode
        descriptor ///< another one of the parent, or (`to_output`) of the child
    };

    Kind kind = Kind::inherit;
    bool of_child = false; ///< the descriptor is one of the child, as it is after the others
    Fd fd{-1};
    String path = {};
    Flags<Open> flags = {};
    Mode mode = Mode(0666);
};

Redirection inherit();
Redirection to_null();
Redirection from_file(std::string_view path);
/// Made, or emptied.
Redirection to_file(std::string_view path);
Redirection append_to_file(std::string_view path);
/// A descriptor of the parent, which keeps it. It may be closed on exec.
Redirection to_descriptor(Fd fd);
/// `2>&1`: wherever the child's other descriptor leads.
Redirection to_same_as(Fd fd_of_child);

/// getrlimit(2). Only root may raise the hard one.
struct Limit {
    u64 soft;
    u64 hard;
};

/// How many descriptors the process may have.
Result<Limit> open_file_limit();
Result<void> set_open_file_limit(Limit limit);

/// A running child. The process that started it waits for it, or has it waited for by its parent
/// later: when this object dies before, the child goes on.
class Child {
public:
    Child() = default;

    explicit Child(Pid pid) noexcept : pid_(pid) {}

    Pid pid() const noexcept { return pid_; }

    /// Until it ends. ECHILD when it was waited for already.
    Result<Status> wait();
    /// Nothing when it still runs.
    Result<std::optional<Status>> poll();
    Result<void> kill(int signal) const;

private:
    Pid pid_{-1};
};

/// A program to start, and how.
class Command {
public:
    /// A program without `/` in its name is looked for in the directories of PATH.
    explicit Command(std::string_view program,
                     std::initializer_list<std::string_view> arguments = {});

    Command& argument(std::string_view text);
    /// What it finds as argv[0]; without this, `program`.
    Command& name(std::string_view text);

    Command& input(Redirection redirection) { return redirect(Fd(0), std::move(redirection)); }

    Command& output(Redirection redirection) { return redirect(Fd(1), std::move(redirection)); }

    Command& error(Redirection redirection) { return redirect(Fd(2), std::move(redirection)); }

    /// fd 0 to 63. Descriptors above 2 that are not named here are closed if they are closed on
    /// exec, which all of this library are.
    Command& redirect(Fd fd, Redirection redirection);
    Command& directory(std::string_view path);
    /// "NAME=value": in addition to, or in place of, what the parent has.
    Command& variable(std::string_view assignment);
    /// Only what variable() gives.
    Command& empty_environment();
    /// A process group of its own, or (`leader`) that of another process; for job control.
    Command& process_group(Pid leader = Pid(0));
    /// The new process group becomes the foreground of this terminal.
    Command& foreground_of(Fd terminal);
    /// A session of its own without terminal, for daemons; with `terminal`, that is its controlling
    /// one.
    Command& new_session(std::optional<Fd> terminal = std::nullopt);
    Command& user(Uid user, Gid group);
    Command& open_file_limit(Limit limit);
    /// All signals are unblocked and have their default, but those that are ignored by the parent's
    /// wish: as programs expect that shells and init start.
    Command& default_signals();

    /// ENOENT, EACCES, ENOEXEC, ...: errors of exec(2), too, are returned here.
    Result<Child> start() const;
    /// Starts and waits.
    Result<Status> run() const;

private:
    friend struct CommandSteps;

    String program_;
    String name_;
    Vector<String> arguments_;
    Vector<String> variables_;
    String directory_;
    Vector<Redirection> redirections_; ///< index is the descriptor
    std::optional<Pid> group_;
    std::optional<Fd> terminal_;
    std::optional<Fd> foreground_;
    std::optional<Uid> user_;
    std::optional<Limit> open_files_;
    Gid group_id_{0};
    bool session_ = false;
    bool own_environment_ = true;
    bool default_signals_ = false;
};

/// Starts the commands with the output of each led to the input of the next by a pipe. When one
/// cannot be started, those before it see their pipe closed, and the error is returned after they
/// ended.
Result<Vector<Child>> start_pipeline(std::span<Command> commands);
/// Runs them; the status of the last.
Result<Status> run_pipeline(std::initializer_list<Command> commands);

struct Output {
    Status status;
    String text;
};

/// Runs a command and gathers what it writes to its standard output.
Result<Output> output_of(Command command);

/// Replaces the program of this process; returns only with an error. `environment` and arguments[0]
/// are as in exec(2).
Error execute(std::string_view path, std::span<std::string_view const> arguments,
              Texts environment = os::environment());

/// A child that has ended and is still to be waited for, so that its number is nobody else's.
Result<std::optional<Pid>> ended_child();

/// prctl(2), PR_SET_CHILD_SUBREAPER: descendants whose parent ends become children of this process.
Result<void> adopt_orphans();

/// Any child: its pid and status. Options are wait4(2)'s. Nothing with no_hang when none has
/// anything to say.
struct Waited {
    Pid pid;
    Status status;
};

enum class WaitFor : u32 { ended = 0, no_hang = 1, stopped = 2, continued = 8 };
Result<std::optional<Waited>> wait_any(Flags<WaitFor> options = WaitFor::ended, Pid of = Pid(-1));

Pid process_id() noexcept;
Pid parent_process_id() noexcept;
/// kill(2): 0 only asks whether the process is there; a negative pid is a process group.
Result<void> send_signal(Pid to, int signal);
/// fork(2): nothing in the child. Only the calling thread goes on there.
Result<std::optional<Child>> fork();
/// setsid(2), setpgid(2), getpgrp(2).
Result<Pid> new_session();
Result<void> set_process_group(Pid process, Pid group);
Pid process_group();

} // namespace os
