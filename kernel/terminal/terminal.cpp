// The device's side of a terminal, its sessions, and who is told of what.
#include "kernel/terminal/terminal.hpp"

#include "libs/base/scope.hpp"

#include <algorithm>

namespace terminal {

namespace {

constinit JobControl* jobs = nullptr;

} // namespace

void register_job_control(JobControl& control) {
    jobs = &control;
}

JobControl* job_control() {
    return jobs;
}

namespace {

void signal_foreground(Pid group, Signal signal) {
    if (jobs != nullptr && group != Pid{})
        jobs->signal_group(group, signal);
}

} // namespace

/// Echo goes to the device at once; signals wait until the lock is released.
class Terminal::InputEffects final : public tty::Effects {
public:
    explicit InputEffects(Terminal& terminal, State& state) : terminal_(terminal), state_(state) {}

    void echo(ConstBytes bytes) override {
        static constexpr usize most_unshown = 4096;
        if (state_.unshown.empty()) {
            usize const shown = terminal_.output_.write(bytes);
            if (shown == bytes.size())
                return;
            bytes = bytes.subspan(shown);
        }
        for (std::byte const byte : bytes)
            if (state_.unshown.size() < most_unshown)
                state_.unshown.push_back(byte);
        terminal_.echo_waits_.store(true);
        // Room that came since the device took too little has been announced already.
        terminal_.show_unshown(state_);
    }

    void signal(tty::Signal signal) override {
        static constexpr Signal numbers[] = {Signal::interrupt, Signal::quit, Signal::tstp};
        if (count < std::size(pending))
            pending[count++] = numbers[static_cast<usize>(signal)];
    }

    void flow(bool stopped) override { started = !stopped; }

    Signal pending[16];
    usize count = 0;
    bool started = false;

private:
    Terminal& terminal_;
    State& state_;
};

Terminal::Terminal(vfs::DeviceNumber number, std::string_view name, Output& output)
    : number_(number), name_(name), output_(output) {}

usize Terminal::receive(ConstBytes input) {
    usize accepted = 0;
    bool readable = false;
    bool started = false;
    Pid group{};
    Signal pending[16];
    usize signals = 0;
    {
        auto state = state_.lock();
        InputEffects effects(*this, *state);
        show_unshown(*state);
        while (accepted < input.size() && state->discipline.has_room()) {
            state->discipline.receive(input.subspan(accepted, 1), effects);
            ++accepted;
        }
        readable = state->discipline.readable();
        started = effects.started;
        group = state->foreground;
        signals = effects.count;
        std::copy_n(effects.pending, signals, pending);
    }
    if (readable)
        input_queue_.wake_all();
    if (started)
        output_queue_.wake_all();
    for (usize i = 0; i < signals; ++i)
        signal_foreground(group, pending[i]);
    return accepted;
}

void Terminal::show_unshown(State& state) {
    if (state.unshown.empty())
        return;
    usize const shown = output_.write(ConstBytes(state.unshown.data(), state.unshown.size()));
    if (shown == 0)
        return;
    std::move(state.unshown.begin() + shown, state.unshown.end(), state.unshown.begin());
    state.unshown.resize(state.unshown.size() - shown);
    echo_waits_.store(!state.unshown.empty());
}

void Terminal::show_unshown_later(void* self) {
    auto const terminal = Ref<Terminal>::adopt(static_cast<Terminal*>(self));
    terminal->showing_later_.store(false);
    auto state = terminal->state_.lock();
    terminal->show_unshown(*state);
}

void Terminal::writable() noexcept {
    output_queue_.wake_all();
    if (echo_waits_.load() && !showing_later_.exchange(true)) {
        retain(); // for show_unshown_later()
        show_later_.schedule();
    }
}

void Terminal::hang_up() {
    Pid session{};
    Pid group{};
    {
        auto state = state_.lock();
        if (std::exchange(state->hung_up, true))
            return;
        session = std::exchange(state->session, Pid{});
        group = std::exchange(state->foreground, Pid{});
    }
    input_queue_.wake_all();
    output_queue_.wake_all();
    if (jobs == nullptr)
        return;
    if (session != Pid{}) {
        jobs->set_controlling_terminal(session, nullptr);
        jobs->hang_up(session);
    }
    signal_foreground(group, Signal::hup);
    signal_foreground(group, Signal::cont);
}

void Terminal::set_window_size(uapi::WindowSize size) {
    Pid group{};
    {
        auto state = state_.lock();
        if (std::exchange(state->size, size) == size)
            return;
        group = state->foreground;
    }
    signal_foreground(group, Signal::winch);
}

bool Terminal::State::recover() {
    auto const settings = discipline.settings();
    discipline = tty::LineDiscipline();
    discipline.set_settings(settings);
    unshown = {};
    return true;
}

void Terminal::add_user() {
    auto state = state_.lock();
    output_.users_changed(state->users + 1);
    ++state->users;
}

void Terminal::remove_user() noexcept {
    insist([&] {
        auto state = state_.lock();
        output_.users_changed(state->users - 1);
        --state->users;
    });
}

void Terminal::adopt_by_opening() {
    if (jobs == nullptr || !jobs->is_session_leader() || jobs->controlling_terminal())
        return;
    {
        auto state = state_.lock();
        if (state->session != Pid{})
            return;
        state->session = jobs->session();
        state->foreground = jobs->group();
    }
    jobs->set_controlling_terminal(jobs->session(), Ref<Terminal>::share(this));
}

void Terminal::release_session(Pid session) {
    Pid group{};
    {
        auto state = state_.lock();
        if (state->session != session)
            return;
        state->session = Pid{};
        group = std::exchange(state->foreground, Pid{});
    }
    signal_foreground(group, Signal::hup);
    signal_foreground(group, Signal::cont);
}

Pid Terminal::session() {
    return state_.lock()->session;
}

Pid Terminal::foreground() {
    return state_.lock()->foreground;
}

} // namespace terminal
