// Processes: waiting, signals, pipelines.
#include "user/os/process.hpp"

#include "abi/process.hpp"
#include "abi/resource.hpp"
#include "abi/signal.hpp"
#include "user/os/path.hpp"
#include "user/os/text_list.hpp"

namespace os {

using core::call;
using core::Syscall;

Result<std::optional<Waited>> wait_any(Flags<WaitFor> options, Pid of) {
    for (;;) {
        int raw = 0;
        auto const pid = checked(call(Syscall::wait4, of, &raw, options.bits(), nullptr));
        if (!pid && pid.error() == Errno::eintr)
            continue;
        if (!pid)
            return std::unexpected(pid.error());
        if (*pid == 0)
            return std::optional<Waited>();
        return std::optional(Waited{Pid(static_cast<int>(*pid)), Status(raw)});
    }
}

Result<std::optional<Pid>> ended_child() {
    constexpr u32 how = 0x0100'0005; // WNOWAIT, WEXITED, WNOHANG
    uapi::SigInfo info = {};
    TRY(succeeded(call(Syscall::waitid, uapi::p_all, 0, &info, how, nullptr)));
    return info.child.pid == 0 ? std::nullopt : std::optional(Pid(info.child.pid));
}

Result<void> adopt_orphans() {
    return succeeded(call(Syscall::prctl, uapi::pr_set_child_subreaper, 1, 0, 0, 0));
}

static_assert(sizeof(Limit) == sizeof(uapi::ResourceLimit));

Result<Limit> open_file_limit() {
    Limit limit = {};
    TRY(succeeded(call(Syscall::prlimit64, 0, uapi::Limit::open_files, nullptr, &limit)));
    return limit;
}

Result<void> set_open_file_limit(Limit limit) {
    return succeeded(call(Syscall::prlimit64, 0, uapi::Limit::open_files, &limit, nullptr));
}

Result<Status> Child::wait() {
    auto const ended = TRY(wait_any(WaitFor::ended, pid_));
    return ended->status;
}

Result<std::optional<Status>> Child::poll() {
    auto const ended = TRY(wait_any(WaitFor::no_hang, pid_));
    return ended ? std::optional(ended->status) : std::nullopt;
}

Result<void> Child::kill(int signal) const {
    return send_signal(pid_, signal);
}

Result<Vector<Child>> start_pipeline(std::span<Command> commands) {
    Vector<Child> children;
    File from; // the pipe of the command before
    for (usize i = 0; i < commands.size(); ++i) {
        Command& command = commands.data()[i];
        if (from)
            command.input(to_descriptor(from.fd()));
        Pipe pipe;
        if (i + 1 != commands.size()) {
            pipe = TRY(make_pipe());
            command.output(to_descriptor(pipe.write_end.fd()));
        }
        auto child = command.start();
        if (!child) {
            from = {};
            for (auto& earlier : children)
                (void)earlier.wait();
            return std::unexpected(child.error());
        }
        children.push_back(*child);
        from = std::move(pipe.read_end);
    }
    return children;
}

Result<Status> run_pipeline(std::initializer_list<Command> commands) {
    Vector<Command> own;
    for (auto const& command : commands)
        own.push_back(command);
    auto children = TRY(start_pipeline({own.data(), own.size()}));
    Status last;
    for (auto& child : children)
        last = TRY(child.wait());
    return last;
}

Result<Output> output_of(Command command) {
    Pipe pipe = TRY(make_pipe());
    command.output(to_descriptor(pipe.write_end.fd()));
    auto child = TRY(command.start());
    pipe.write_end = {};
    String text;
    In reader(pipe.read_end.fd());
    TRY(reader.read_all(text));
    Status const status = TRY(child.wait());
    return Output{status, std::move(text)};
}

Error execute(std::string_view path, std::span<std::string_view const> arguments,
              Texts environment) {
    TextList list;
    for (auto const text : arguments)
        list.add(text);
    long const answer =
        call(Syscall::execve, CString(path).data(), list.data(), environment.data());
    return Error(static_cast<Errno>(-answer));
}

Pid process_id() noexcept {
    return Pid(static_cast<int>(call(Syscall::getpid)));
}

Pid parent_process_id() noexcept {
    return Pid(static_cast<int>(call(Syscall::getppid)));
}

Result<void> send_signal(Pid to, int signal) {
    return succeeded(call(Syscall::kill, to, signal));
}

Result<std::optional<Child>> fork() {
    auto const pid = TRY(checked(call(Syscall::fork)));
    return pid == 0 ? std::nullopt : std::optional(Child(Pid(static_cast<int>(pid))));
}

Result<Pid> new_session() {
    return Pid(static_cast<int>(TRY(checked(call(Syscall::setsid)))));
}

Result<void> set_process_group(Pid process, Pid group) {
    return succeeded(call(Syscall::setpgid, process, group));
}

Pid process_group() {
    return Pid(static_cast<int>(call(Syscall::getpgid, 0)));
}

} // namespace os
