// Starts the programs of services and gathers what they write.
#include "user/init/processes.hpp"

#include "user/init/terminal_name.hpp"
#include "user/os/system.hpp"

#include <algorithm>

using service::Level;
using service::Service;
using service::Unit;

namespace {

constexpr Fd ready_fd{3};
constexpr auto usual_path = "PATH=/bin:/sbin:/usr/bin:/usr/sbin:/linnet/bin";

os::Limit limit_before;

bool may_go_better(Errno why) {
    return why == Errno::eagain || why == Errno::enomem || why == Errno::emfile ||
           why == Errno::enfile;
}

/// Without ever waiting: for a carrier, or for the other end of a FIFO.
Result<os::File> open_stream(std::string_view path, Flags<os::Open> flags) {
    auto file = TRY(os::File::open(
        path, flags | os::Open::nonblocking | os::Open::no_controlling_terminal, os::Mode(0640)));
    TRY(os::set_blocking(file.fd(), os::Blocking::yes));
    return file;
}

void become(os::Command& command, os::User const& user) {
    auto const variable = [&](std::string_view name, std::string_view value) {
        String text(name);
        text.append(value);
        command.variable(text);
    };
    command.user(user.id, user.group);
    variable("HOME=", user.home);
    variable("USER=", user.name);
    variable("LOGNAME=", user.name);
}

} // namespace

void raise_descriptor_limit() {
    auto const limit = os::open_file_limit();
    if (!limit)
        return;
    limit_before = *limit;
    (void)os::set_open_file_limit(
        {limit->hard, limit->hard}); // else there is room for fewer services
}

/// The descriptors that a child gets, and what failed on the way.
struct Processes::Streams {
    os::File files[3];
    os::File ready; ///< the end that it writes to
    String about;   ///< the file that could not be opened

    Result<void> open(os::Command& command, u32 number, std::string_view path,
                      Flags<os::Open> flags) {
        auto opened = open_stream(path, flags);
        if (!opened) {
            about = path;
            return std::unexpected(opened.error());
        }
        auto& file = std::span(files).data()[number];
        file = std::move(*opened);
        command.redirect(Fd(static_cast<int>(number)), os::to_descriptor(file.fd()));
        return {};
    }
};

Processes::Runtime& Processes::runtime(u32 number) {
    while (runtimes_.size() <= number)
        runtimes_.push_back({});
    return runtimes_[number];
}

Result<void> Processes::connect(Unit const& unit, Runtime& runtime, os::Command& command,
                                Streams& streams) {
    constexpr auto append = os::Open::write_only | Flags(os::Open::create) | os::Open::append;
    if (!unit.terminal.empty()) {
        auto const name = terminal_name(unit.terminal);
        TRY(streams.open(command, 0, name, os::Open::read_write));
        Fd const terminal = streams.files[0].fd();
        command.output(os::to_descriptor(terminal)).error(os::to_descriptor(terminal));
        command.new_session(terminal);
    } else {
        command.new_session();
        if (!runtime.log) {
            auto pipe = TRY(os::make_pipe());
            TRY(os::set_blocking(pipe.read_end.fd(), os::Blocking::no));
            runtime.log = std::move(pipe.read_end);
            runtime.writer = std::move(pipe.write_end);
        }
        auto const to_log = os::to_descriptor(runtime.writer.fd());
        command.input(os::to_null()).output(to_log).error(to_log);
        if (!unit.input.empty())
            TRY(streams.open(command, 0, unit.input, {}));
        if (!unit.output.empty())
            TRY(streams.open(command, 1, unit.output, append));
        if (!unit.error.empty())
            TRY(streams.open(command, 2, unit.error, append));
    }
    runtime.notify = {};
    if (unit.ready == service::Ready::notify) {
        auto pipe = TRY(os::make_pipe());
        TRY(os::set_blocking(pipe.read_end.fd(), os::Blocking::no));
        command.redirect(ready_fd, os::to_descriptor(pipe.write_end.fd()));
        command.variable("READY_FD=3");
        runtime.notify = std::move(pipe.read_end);
        streams.ready = std::move(pipe.write_end);
    }
    return {};
}

Processes::Started Processes::start(Service const& service, u32 number) {
    auto const& unit = service.unit;
    auto& runtime = this->runtime(number);
    os::Command command(unit.command[0]);
    for (usize i = 1; i < unit.command.size(); ++i)
        command.argument(unit.command[i]);
    if (!os::variable("PATH"))
        command.variable(usual_path);
    if (!unit.user.empty()) {
        auto const user = os::find_user(unit.user);
        if (!user)
            return {0, format("there is no user '{}'", unit.user), false};
        become(command, *user);
    }
    for (auto const& assignment : unit.environment)
        command.variable(assignment);
    if (!unit.directory.empty())
        command.directory(unit.directory);
    command.default_signals();
    if (limit_before.hard != 0)
        command.open_file_limit(limit_before);
    if (unit.ready == service::Ready::file) {
        auto const before = os::status(unit.ready_file, os::Links::not_follow);
        runtime.inode = before ? before->inode : 0;
        runtime.changed = before ? before->changed : Nanoseconds();
    }
    Streams streams;
    streams.about = unit.command[0];
    auto const connected = connect(unit, runtime, command, streams);
    auto const started = connected ? command.start() : std::unexpected(connected.error());
    if (started)
        return {static_cast<int>(started->pid()), {}, false};
    runtime.notify = {};
    return {0, format("{}: {}", streams.about, started.error()),
            may_go_better(started.error().code())};
}

void Processes::signal(Service const& service, int signal) {
    if (service.process > 0)
        (void)os::send_signal(Pid(-service.process), signal); // it may have gone already
}

bool Processes::ready_file_is_there(Service const& service, u32 number) {
    auto const status = os::status(service.unit.ready_file, os::Links::not_follow);
    auto const& before = runtime(number);
    return status && (status->inode != before.inode || status->changed != before.changed);
}

void Processes::await(Vector<os::Awaited>& list) const {
    for (auto const& runtime : runtimes_) {
        if (runtime.log)
            list.push_back({runtime.log.fd(), os::Ready::in});
        if (runtime.notify)
            list.push_back({runtime.notify.fd(), os::Ready::in});
    }
}

void Processes::take(std::span<os::Awaited const> list, Slice<Service const> services,
                     FunctionRef<void(u32)> ready) {
    constexpr usize fair_share = 16384;
    usize next = 0;
    Vector<u32> are_ready;
    for (u32 number = 0; number < runtimes_.size(); ++number) {
        auto& runtime = runtimes_[number];
        if (runtime.log && list.data()[next++].readable())
            read_log(services[number], runtime, fair_share);
        if (!runtime.notify || !list.data()[next++].readable())
            continue;
        char text[64];
        auto const got = runtime.notify.read(std::as_writable_bytes(std::span(text)));
        if (!got && got.error() == Errno::eagain)
            continue;
        if (got && std::string_view(text, *got).find('\n') != std::string_view::npos)
            are_ready.push_back(number);
        if (!got || *got == 0 || (!are_ready.empty() && are_ready.back() == number))
            runtime.notify = {};
    }
    for (u32 const number : are_ready) // only now: a start changes what is awaited
        ready(number);
}

void Processes::read_log(Service const& service, Runtime& runtime, usize at_most) {
    char text[4096];
    while (at_most != 0) {
        auto const got = runtime.log.read(std::as_writable_bytes(std::span(text)));
        if (!got || *got == 0)
            return;
        at_most -= std::min(at_most, *got);
        runtime.ring.write({text, *got}, [&](std::string_view line) {
            if (service.unit.log == service::Log::all)
                outlet_.forward_line(service.unit.name, line);
        });
    }
}

void Processes::drain(Service const& service, u32 number) {
    auto& runtime = this->runtime(number);
    if (!runtime.log)
        return;
    read_log(service, runtime, service::LogRing::capacity);
    runtime.ring.finish_line([&](std::string_view line) {
        if (service.unit.log == service::Log::all)
            outlet_.forward_line(service.unit.name, line);
    });
}

String Processes::log_of(u32 number) const {
    return number < runtimes_.size() ? runtimes_[number].ring.text() : String();
}
