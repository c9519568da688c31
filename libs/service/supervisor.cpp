// Services from one state to the next.
#include "libs/service/supervisor.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr int sigkill = 9;
/// How often a file is looked for that tells that a service is ready.
constexpr auto look_again = Nanoseconds::milliseconds(20);

} // namespace

std::string_view state_name(State state) {
    constexpr std::string_view names[] = {"stopped",  "waiting", "starting", "running", "resting",
                                          "stopping", "done",    "failed",   "broken"};
    return names[static_cast<usize>(state)];
}

void Supervisor::enter(u32 number, State state, Nanoseconds now, Nanoseconds deadline) {
    auto& service = services_[number];
    service.state = state;
    service.since = now;
    service.deadline = deadline;
}

void Supervisor::fail(u32 number, std::string_view why, Nanoseconds now) {
    auto& service = services_[number];
    service.why = why;
    service.wanted = false;
    enter(number, State::failed, now);
    say(Level::error, "{}: {}", service.unit.name, why);
    if (service.unit.at_end == AtEnd::shutdown && !wish_)
        wish_ = service.last;
}

/// Its turn comes in settle(). Its unit may have got a fault while it ran.
void Supervisor::line_up(u32 number, Nanoseconds now) {
    bool const may = graph_.faults[number].empty();
    services_[number].wanted &= may;
    enter(number, may ? State::waiting : State::broken, now);
}

Supervisor::Readiness Supervisor::readiness(u32 number, u32& blocker) const {
    auto const& links = graph_.links[number];
    for (u32 const need : links.needs) {
        State const state = services_[need].state;
        blocker = need;
        if (state == State::failed || state == State::broken || state == State::stopped)
            return Readiness::never;
        if (state != State::running && state != State::done)
            return Readiness::wait;
    }
    for (u32 const other : links.after) {
        State const state = services_[other].state;
        blocker = other;
        if (state == State::waiting || state == State::starting)
            return Readiness::wait;
    }
    return Readiness::go;
}

bool Supervisor::followers_have_ended(u32 number) const {
    for (u32 const follower : graph_.links[number].followers)
        if (has_process(services_[follower].state) && !services_[follower].wanted)
            return false;
    return true;
}

/// Starts what may start now, and stops what may stop now.
void Supervisor::settle(Nanoseconds now) {
    for (u32 const number : graph_.order) {
        auto& service = services_[number];
        if (service.state != State::waiting || !service.wanted)
            continue;
        u32 blocker = 0;
        auto const may = readiness(number, blocker);
        if (may == Readiness::go) {
            launch(number, now);
        } else if (may == Readiness::never) {
            String why("it needs '");
            why.append(services_[blocker].unit.name);
            why.append("', which is ");
            why.append(state_name(services_[blocker].state));
            service.last = {End::How::unstartable, 0};
            fail(number, why, now);
        }
    }
    for (u32 number = 0; number < services_.size(); ++number) {
        auto& service = services_[number];
        if (service.wanted)
            continue;
        if (service.state == State::waiting || service.state == State::resting)
            enter(number, State::stopped, now);
        else if ((service.state == State::starting || service.state == State::running) &&
                 followers_have_ended(number))
            begin_stop(number, now);
    }
}

void Supervisor::launch(u32 number, Nanoseconds now) {
    auto& service = services_[number];
    service.late = false;
    service.again = false;
    service.started = now;
    ++service.runs;
    auto started = world_.start(service, number);
    service.process = started.process;
    if (started.process == 0) {
        service.why = std::move(started.why);
        after_run(number, {End::How::unstartable, started.may_go_better ? 1 : 0}, {}, now);
    } else if (service.unit.ready == Ready::start) {
        enter(number, State::running, now);
        say(Level::information, "{}: started as process {}", service.unit.name, service.process);
    } else {
        // A task may take as long as it likes.
        enter(number, State::starting, now,
              service.unit.ready == Ready::exit ? Nanoseconds::never()
                                                : now + service.unit.ready_within);
    }
}

void Supervisor::begin_stop(u32 number, Nanoseconds now) {
    auto& service = services_[number];
    enter(number, State::stopping, now, now + service.unit.stop_within);
    world_.signal(service, service.unit.stop_signal);
}

void Supervisor::ready(u32 number, Nanoseconds now) {
    auto& service = services_[number];
    if (service.state != State::starting || service.unit.ready == Ready::exit)
        return;
    enter(number, State::running, now);
    say(Level::information, "{}: ready as process {}", service.unit.name, service.process);
    settle(now);
}

void Supervisor::ended(u32 number, End end, Nanoseconds now) {
    auto& service = services_[number];
    service.process = 0;
    auto const ran = now - service.started;
    if (service.state == State::stopping && !(service.late && service.wanted)) {
        service.last = end;
        service.backoff.forget();
        if (service.again && !closing_) {
            service.wanted = true;
            line_up(number, now);
        } else {
            service.wanted = false;
            enter(number, State::stopped, now);
            say(Level::information, "{}: stopped", service.unit.name);
        }
    } else {
        after_run(number, service.late ? End{End::How::late, 0} : end, ran, now);
    }
    settle(now);
}

/// A run that nobody wished to end.
void Supervisor::after_run(u32 number, End const& end, Nanoseconds ran, Nanoseconds now) {
    using enum Backoff::Decision::What;
    auto& service = services_[number];
    service.last = end;
    String how = end_text(end);
    if (end.how == End::How::unstartable) {
        how.append(": ");
        how.append(service.why);
    } else {
        how.append(" after ");
        how.append(duration_text(ran));
    }
    auto const decision = service.backoff.after(service.unit, end, ran);
    if (decision.what == again && service.wanted) {
        ++service.restarts;
        say(Level::warning, "{}: {}; starts again in {}", service.unit.name, how,
            duration_text(decision.delay));
        enter(number, State::resting, now, now + decision.delay);
    } else if (decision.what == give_up) {
        String why;
        StringSink sink(why);
        format_to(sink, "crash loop: {}, and {} restarts in a row did not help; given up", how,
                  service.unit.restart_limit);
        fail(number, why, now);
    } else if (end.good()) {
        service.wanted = false;
        enter(number, State::done, now);
        say(Level::information, "{}: {}", service.unit.name, how);
        if (service.unit.at_end == AtEnd::shutdown && !wish_)
            wish_ = end;
    } else if (service.unit.at_end == AtEnd::shutdown && end.how != End::How::unstartable) {
        // Its end is its own business: a shell ends with the status of its last command.
        service.why = how;
        service.wanted = false;
        enter(number, State::failed, now);
        if (!wish_)
            wish_ = end;
    } else {
        fail(number, how, now);
    }
}

void Supervisor::tick(Nanoseconds now) {
    for (u32 number = 0; number < services_.size(); ++number) {
        auto& service = services_[number];
        if (service.state == State::starting && service.unit.ready == Ready::file &&
            world_.ready_file_is_there(service, number)) {
            ready(number, now);
            continue;
        }
        if (service.deadline > now)
            continue;
        service.deadline = Nanoseconds::never();
        if (service.state == State::starting) {
            say(Level::warning, "{}: is not ready after {}", service.unit.name,
                duration_text(service.unit.ready_within));
            service.late = true;
            begin_stop(number, now);
        } else if (service.state == State::resting) {
            line_up(number, now);
        } else if (service.state == State::stopping) {
            say(Level::warning, "{}: does not stop within {}; killed", service.unit.name,
                duration_text(service.unit.stop_within));
            world_.signal(service, sigkill);
        }
    }
    settle(now);
}

Nanoseconds Supervisor::next_tick(Nanoseconds now) const {
    auto next = Nanoseconds::never();
    for (auto const& service : services_) {
        next = std::min(next, service.deadline);
        if (service.state == State::starting && service.unit.ready == Ready::file)
            next = std::min(next, now + look_again);
    }
    return next;
}

bool Supervisor::all_stopped() const {
    for (auto const& service : services_)
        if (has_process(service.state))
            return false;
    return true;
}

std::optional<u32> Supervisor::find_process(int process) const {
    for (u32 number = 0; number < services_.size(); ++number)
        if (services_[number].process == process && process != 0)
            return number;
    return std::nullopt;
}

} // namespace service
