// monitor: what the machine does: processes, CPUs, memory, load; again and again, on a terminal or
// as JSON.
#include "user/monitor/view.hpp"
#include "user/options/options.hpp"
#include "user/os/poll.hpp"
#include "user/os/terminal.hpp"
#include "user/os/time.hpp"

#include <optional>

namespace {

constexpr Option options[] = {
    {'1', "once", "once, and that is all; not on the whole screen"},
    {'j', "json", "a JSON object in each line"},
    {'i', "interval", "how long to look each time: 1 second without this", "SECONDS"},
    {'n', "count", "how often", "COUNT"},
    {'s', "sort", "by cpu or by memory", "ORDER"},
};

constexpr std::string_view enter_screen = "\033[?1049h\033[?25l";
constexpr std::string_view leave_screen = "\033[?25h\033[?1049l";

SortBy order_of(CommandLine const& line) {
    auto const text = line.value('s').value_or("cpu");
    if (text != "cpu" && text != "memory")
        os::die(2, "-s: '{}' is neither cpu nor memory", text);
    return text == "cpu" ? SortBy::cpu : SortBy::memory;
}

Sample sample_or_die() {
    auto sample = take_sample();
    if (!sample)
        os::die(1, "/proc: {}", sample.error());
    return std::move(*sample);
}

/// The whole screen and single keys, until this dies.
class Screen {
public:
    explicit Screen(os::RawMode raw) : raw_(std::move(raw)) { (void)os::out.write(enter_screen); }

    Screen(Screen const&) = delete;
    Screen& operator=(Screen const&) = delete;

    ~Screen() { (void)os::out.write(leave_screen); }

private:
    os::RawMode raw_;
};

class Monitor {
public:
    Monitor(CommandLine const& line, os::SignalSet while_waiting)
        : interval_(Nanoseconds::seconds(static_cast<i64>(line.number('i', 1, 3'600)))),
          order_(order_of(line)),
          json_(line.has('j')),
          once_(line.has('1')),
          while_waiting_(while_waiting) {
        if (once_ || line.has('n'))
            rounds_ = line.number('n', 1, UINT64_MAX);
    }

    int run() {
        std::optional<Screen> screen;
        if (!once_ && !json_ && os::is_terminal(os::out.fd()))
            if (auto raw = os::RawMode::enter(os::in.fd()))
                screen.emplace(std::move(*raw));
        interactive_ = screen.has_value();
        auto before = sample_or_die();
        auto now = before;
        if (interactive_)
            show(before, now); // at once, though nothing has been measured yet
        while (!rounds_ || (*rounds_)-- != 0) {
            if (!wait(before, now))
                return 0;
            before = std::move(now);
            now = sample_or_die();
            show(before, now);
            if (os::output_failed())
                return 1;
        }
        return 0;
    }

private:
    /// Till the next round, showing the last one differently when a key says so; false to end.
    bool wait(Sample const& before, Sample const& now) {
        auto const end = os::now() + interval_;
        while (os::now() < end) {
            os::Awaited keys[] = {{interactive_ ? os::in.fd() : Fd(-1), os::Ready::in}};
            auto const ready = os::poll(keys, end - os::now(), while_waiting_);
            auto const signals = os::caught_signals();
            if (signals.has(os::Signal::term) || signals.has(os::Signal::interrupt) ||
                signals.has(os::Signal::hup))
                return false;
            if (signals.has(os::Signal::winch) && interactive_)
                show(before, now);
            if (ready && *ready != 0 && !take_keys(before, now))
                return false;
        }
        return true;
    }

    /// All that were typed: poll() does not tell of those that are in a buffer of ours.
    bool take_keys(Sample const& before, Sample const& now) {
        char typed[4096];
        os::In keys(os::in.fd());
        auto const count = keys.read(std::as_writable_bytes(std::span(typed)));
        if (!count || *count == 0)
            return false;
        for (char const key : std::string_view(typed, *count)) {
            constexpr char control_c = 3;
            if (key == 'q' || key == control_c)
                return false;
            if (key != 'c' && key != 'm')
                continue;
            order_ = key == 'c' ? SortBy::cpu : SortBy::memory;
            show(before, now);
        }
        return true;
    }

    void show(Sample const& before, Sample const& now) const {
        if (json_) {
            os::out.print("{}\n", as_json(before, now, order_));
            return;
        }
        if (!interactive_) {
            os::out.print("{}\n", as_text(before, now, order_, {}));
            return;
        }
        auto size = os::window_size(os::out.fd()).value_or(os::WindowSize{});
        if (size.rows == 0 || size.columns == 0)
            size = {.rows = 24, .columns = 80};
        auto const text = as_text(before, now, order_, {size.rows, size.columns});
        // Over what was there, line by line, so that nothing flickers.
        String screen = "\033[H";
        for (auto rest = text.view(); !rest.empty();) {
            auto const end = rest.find('\n');
            screen.append(rest.substr(0, end));
            screen.append("\033[K");
            rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
            if (!rest.empty())
                screen.append("\r\n");
        }
        screen.append("\033[J");
        (void)os::out.write(screen);
    }

    Nanoseconds interval_;
    SortBy order_;
    bool json_;
    bool once_;
    bool interactive_ = false;
    std::optional<u64> rounds_;
    os::SignalSet while_waiting_;
};

} // namespace

int main() {
    CommandLine const line("",
                           "Shows what the machine does. Keys: c sorts by CPU time, m by memory, q "
                           "ends.",
                           options);
    line.need_operands(0, 0);
    constexpr os::SignalSet signals = {os::Signal::term, os::Signal::interrupt, os::Signal::hup,
                                       os::Signal::winch};
    os::BlockedSignals const blocked(signals);
    for (auto const signal :
         {os::Signal::term, os::Signal::interrupt, os::Signal::hup, os::Signal::winch})
        (void)os::catch_signal(signal);
    return Monitor(line, blocked.before()).run();
}
