// Carries bytes between the host and a running machine until it ends, and says how it ended.
#include "runner/session.hpp"

#include "runner/core_files.hpp"
#include "runner/terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <future>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace runner {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t block_size = 65536;
constexpr std::size_t log_limit = std::size_t{16} << 20;
constexpr auto farewell = std::chrono::seconds(5); // for QEMU to go after the kernel's last record
constexpr auto longest_look = std::chrono::seconds(20);
constexpr auto between_glances = std::chrono::milliseconds(50);
constexpr char escape_key = 0x1d; // Ctrl-]

/// Blocks the signals that concern a session and makes them readable; undone at the end.
class SignalReader {
public:
    SignalReader() {
        sigset_t wanted;
        sigemptyset(&wanted);
        for (int const signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH})
            sigaddset(&wanted, signal);
        sigprocmask(SIG_BLOCK, &wanted, &before_);
        std::signal(SIGPIPE, SIG_IGN);
        descriptor_ = Descriptor(signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    }

    SignalReader(SignalReader const&) = delete;

    ~SignalReader() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

    int number() const { return descriptor_.number(); }

    std::optional<int> next() const {
        signalfd_siginfo info{};
        if (read(descriptor_.number(), &info, sizeof info) != sizeof info)
            return std::nullopt;
        return static_cast<int>(info.ssi_signo);
    }

private:
    sigset_t before_{};
    Descriptor descriptor_;
};

/// Bytes on their way out of the guest, to a host descriptor or into a string.
struct Outflow {
    Descriptor* from;
    int to;
    std::string* kept;
    std::string waiting;

    bool reads() const { return *from && waiting.empty(); }

    bool writes() const { return !waiting.empty(); }
};

class Session {
public:
    Session(Setup const& setup, Wiring const& wiring)
        : wiring_(wiring),
          machine_(VirtualMachine::start(setup)),
          to_guest_(setup.streams == Streams::terminal ? &machine_.console : &machine_.input) {
        if (setup.streams == Streams::terminal) {
            flows_[0] = {&machine_.console, wiring.output, &result_.output, {}};
        } else if (setup.streams == Streams::separate) {
            flows_[0] = {&machine_.output, wiring.output, &result_.output, {}};
            flows_[1] = {&machine_.error, wiring.error, &result_.error, {}};
        }
        input_open_ = wiring.input >= 0;
        escapable_ = setup.streams == Streams::terminal && input_open_ && isatty(wiring.input);
        if (!input_open_)
            end_input(setup.streams);
        if (wiring.timeout)
            deadline_ = Clock::now() + *wiring.timeout;
        streams_ = setup.streams;
        still_alive();
        send_window_size();
    }

    Result run() {
        while (!ended_) {
            step();
            if (Clock::now() >= std::min(deadline_, idle_deadline_))
                give_up();
        }
        drain();
        finish_lines();
        if (early_)
            result_.ending = *early_;
        else
            result_.ending = result_.report.ending(qemu_status_);
        return std::move(result_);
    }

private:
    void step() {
        std::vector<pollfd> polls;
        auto const watch = [&](int descriptor, int events) {
            if (descriptor >= 0 && events != 0)
                polls.push_back({descriptor, static_cast<short>(events), 0});
        };
        watch(signals_.number(), POLLIN);
        watch(machine_.qemu.handle().number(), POLLIN);
        for (auto const* socket :
             {&machine_.log, &machine_.report, &machine_.qemu_error, &machine_.cores})
            watch(socket->number(), POLLIN);
        watch(machine_.control.number(), control_.empty() ? 0 : POLLOUT);
        watch(to_guest_->number(), inward_.empty() ? 0 : POLLOUT);
        for (auto const& flow : flows_)
            if (flow.from) {
                watch(flow.from->number(), flow.reads() ? POLLIN : 0);
                watch(flow.to, flow.writes() ? POLLOUT : 0);
            }
        if (input_open_ && inward_.size() < block_size)
            watch(wiring_.input, POLLIN);

        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::min({deadline_, idle_deadline_, Clock::now() + std::chrono::hours(1)}) -
            Clock::now());
        if (poll(polls.data(), polls.size(),
                 static_cast<int>(std::max<long>(left.count() + 1, 0))) <= 0)
            return;
        for (auto const& ready : polls)
            if (ready.revents != 0)
                serve(ready.fd, ready.revents);
    }

    void serve(int descriptor, short events) {
        if (descriptor == signals_.number())
            take_signals();
        else if (descriptor == machine_.qemu.handle().number())
            ended_ = true;
        if (descriptor == machine_.log.number())
            take_log();
        if (descriptor == machine_.report.number())
            take_report();
        if (descriptor == machine_.cores.number())
            cores_.feed(take(machine_.cores));
        if (descriptor == machine_.qemu_error.number())
            result_.qemu_messages += take(machine_.qemu_error);
        if (descriptor == machine_.control.number() && (events & POLLOUT) != 0)
            push(machine_.control, control_);
        if (descriptor == to_guest_->number() && (events & POLLOUT) != 0) {
            push(*to_guest_, inward_);
            if (inward_.empty() && !input_open_)
                end_input(streams_);
        }
        for (auto& flow : flows_) {
            if (!flow.from)
                continue;
            if (descriptor == flow.from->number() && (events & ~POLLOUT) != 0)
                carry(flow);
            else if (descriptor == flow.to && flow.writes())
                deliver(flow);
        }
        if (descriptor == wiring_.input && input_open_)
            take_input();
    }

    /// Everything a socket has now; closes it at its end.
    static std::string take(Descriptor& socket) {
        std::string block(block_size, '\0');
        auto const got = read(socket.number(), block.data(), block.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return {};
        if (got <= 0) {
            socket.close();
            return {};
        }
        block.resize(static_cast<std::size_t>(got));
        return block;
    }

    static void push(Descriptor& socket, std::string& bytes) {
        auto const sent = send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0)
            bytes.erase(0, static_cast<std::size_t>(sent));
        else if (errno != EAGAIN && errno != EINTR)
            bytes.clear();
    }

    void carry(Outflow& flow) {
        auto bytes = take(*flow.from);
        if (flow.to < 0) {
            *flow.kept += bytes;
        } else {
            flow.waiting = std::move(bytes);
        }
    }

    /// Writes a piece that a pipe with room takes without blocking.
    void deliver(Outflow& flow) {
        auto const piece = std::min<std::size_t>(flow.waiting.size(), 4096);
        auto const written = write(flow.to, flow.waiting.data(), piece);
        if (written > 0) {
            flow.waiting.erase(0, static_cast<std::size_t>(written));
        } else if (errno != EAGAIN && errno != EINTR) {
            flow.waiting.clear(); // our reader has gone, so nobody wants the rest
            abort_with(SIGPIPE);
        }
    }

    void still_alive() {
        if (wiring_.idle)
            idle_deadline_ = Clock::now() + *wiring_.idle;
    }

    void take_log() {
        auto const bytes = take(machine_.log);
        still_alive();
        if (result_.log.size() < log_limit)
            result_.log += bytes;
        for (auto const& line : log_lines_.feed(bytes))
            if (wiring_.on_log_line)
                wiring_.on_log_line(line);
        if (!wiring_.awaited.empty() && result_.log.contains(wiring_.awaited))
            give_up();
    }

    void take_report() {
        for (auto const& line : report_lines_.feed(take(machine_.report))) {
            result_.report.line(line);
            deadline_ = std::min(deadline_, last_words(line) ? Clock::now() + farewell : deadline_);
        }
    }

    static bool last_words(std::string_view line) {
        for (auto const word : {"exit ", "panic ", "poweroff", "reboot", "halt"})
            if (line.starts_with(word))
                return true;
        return false;
    }

    void take_input() {
        std::string block(block_size, '\0');
        auto const got = read(wiring_.input, block.data(), block.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            input_open_ = false;
            if (inward_.empty())
                end_input(streams_);
            return;
        }
        block.resize(static_cast<std::size_t>(got));
        for (char const c : block) {
            escapes_ = c == escape_key ? escapes_ + 1 : 0;
            if (escapable_ && escapes_ == 3)
                abort_with(SIGINT);
        }
        inward_ += block;
    }

    void end_input(Streams streams) {
        // Only our direction: QEMU would drop unread bytes if both were closed.
        if (streams == Streams::separate)
            shutdown(machine_.input.number(), SHUT_WR);
    }

    void take_signals() {
        while (auto const signal = signals_.next()) {
            if (*signal == SIGWINCH) {
                send_window_size();
            } else if (wiring_.pass_signals && !signalled_ && *signal != SIGHUP) {
                signalled_ = true;
                control_ += fmt::format("signal {}\n", *signal);
            } else {
                abort_with(*signal);
            }
        }
    }

    void send_window_size() {
        if (!wiring_.pass_resize)
            return;
        auto const size = window_size(wiring_.output);
        if (size.rows != 0 && size.columns != 0)
            control_ += fmt::format("winsize {} {}\n", size.rows, size.columns);
    }

    void abort_with(int signal) {
        early_ = Ending{Ending::Kind::aborted, 128 + signal, {}};
        machine_.qemu.kill();
    }

    void give_up() {
        deadline_ = idle_deadline_ = Clock::time_point::max();
        if (result_.report.ending(0).kind == Ending::Kind::crashed) {
            if (wiring_.on_timeout && looks_on()) {
                deadline_ = Clock::now() + between_glances;
                return;
            }
            early_ = Ending{Ending::Kind::timed_out, 0, {}};
        }
        machine_.qemu.kill();
    }

    bool looks_on() { // and begins to, at the first call
        if (!look_.valid()) {
            look_until_ = Clock::now() + longest_look;
            look_ = std::async(std::launch::async, wiring_.on_timeout);
        }
        return look_.wait_for(Clock::duration::zero()) != std::future_status::ready &&
               Clock::now() < look_until_;
    }

    /// After QEMU's end: fetches what it had already written.
    void drain() {
        qemu_status_ = machine_.qemu.wait();
        while (machine_.log)
            take_log();
        while (machine_.report)
            take_report();
        while (machine_.cores)
            cores_.feed(take(machine_.cores));
        result_.core_messages = cores_.finish();
        while (machine_.qemu_error)
            result_.qemu_messages += take(machine_.qemu_error);
        for (auto& flow : flows_) {
            if (!flow.from)
                continue;
            while (*flow.from || flow.writes())
                if (!flow.writes())
                    carry(flow);
                else if (has_room(flow.to))
                    deliver(flow);
                else
                    break;
        }
    }

    bool is_aborted() const { return early_ && early_->kind == Ending::Kind::aborted; }

    /// Waits until a reader makes room, or a signal says that nobody will.
    bool has_room(int descriptor) {
        for (;;) {
            pollfd either[] = {{descriptor, POLLOUT, 0}, {signals_.number(), POLLIN, 0}};
            poll(either, 2, is_aborted() ? 0 : -1);
            if (either[1].revents != 0)
                take_signals();
            if (either[0].revents != 0 || is_aborted())
                return either[0].revents != 0;
        }
    }

    void finish_lines() {
        if (wiring_.on_log_line && !log_lines_.rest().empty())
            wiring_.on_log_line(log_lines_.rest());
        if (!report_lines_.rest().empty())
            result_.report.line(report_lines_.rest());
    }

    Wiring const& wiring_;
    SignalReader signals_;
    VirtualMachine machine_;
    Descriptor* to_guest_;
    Streams streams_ = Streams::terminal;
    std::array<Outflow, 2> flows_{};
    std::string inward_;
    std::string control_;
    CoreFiles cores_{wiring_.core_directory};
    LineSplitter log_lines_;
    LineSplitter report_lines_;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point idle_deadline_ = Clock::time_point::max();
    Clock::time_point look_until_;
    std::future<void> look_;
    std::optional<Ending> early_;
    int qemu_status_ = 0;
    int escapes_ = 0;
    bool input_open_ = false;
    bool escapable_ = false;
    bool signalled_ = false;
    bool ended_ = false;
    Result result_;
};

} // namespace

Result run_session(Setup const& setup, Wiring const& wiring) {
    return Session(setup, wiring).run();
}

} // namespace runner
