// What is wished of services: units, starts, stops, the end.
#include "libs/service/supervisor.hpp"

namespace service {

void Supervisor::load(Vector<Unit> units, Nanoseconds now) {
    for (auto& service : services_)
        service.gone = true;
    for (auto& unit : units) {
        for (auto const& problem : unit.problems)
            say(Level::error, "{}", problem_text(unit.name, problem));
        if (auto const known = names_.find(unit.name)) {
            services_[*known].unit = std::move(unit);
            services_[*known].gone = false;
        } else {
            names_.add(unit.name, static_cast<u32>(services_.size()));
            services_.push_back({});
            services_.back().unit = std::move(unit);
            services_.back().since = now;
        }
    }
    for (auto& service : services_)
        if (service.gone && service.unit.problems.empty())
            service.unit.problems.add(0, "the file is gone");
    Vector<Unit> all;
    for (auto const& service : services_)
        all.push_back(service.unit);
    graph_ = make_graph(all);
    for (u32 number = 0; number < services_.size(); ++number) {
        auto& service = services_[number];
        auto const& fault = graph_.faults[number];
        bool const rests = !has_process(service.state);
        if (fault.empty()) {
            if (service.state == State::broken)
                enter(number, State::stopped, now);
            continue;
        }
        service.why = fault;
        if (service.unit.problems.empty()) // else they have been said
            say(Level::error, "{}", fault);
        if (rests) {
            service.wanted = false;
            enter(number, State::broken, now);
        }
    }
}

void Supervisor::boot(Nanoseconds now) {
    for (; booted_ < services_.size(); ++booted_)
        if (services_[booted_].unit.start == Start::boot && !closing_)
            want(booted_, now);
    settle(now);
}

/// It and all that it needs. What runs already is left alone.
void Supervisor::want(u32 number, Nanoseconds now) {
    Vector<u32> todo{number};
    while (!todo.empty()) {
        u32 const next = todo.back();
        todo.pop_back();
        auto& service = services_[next];
        if (service.state == State::broken || (service.wanted && service.state != State::stopping))
            continue;
        if (service.state == State::done && next != number)
            continue; // a task that was done need not be done again for others
        service.wanted = true;
        service.backoff.forget();
        if (service.state == State::stopping)
            service.again = true;
        else if (!has_process(service.state))
            line_up(next, now);
        for (u32 const need : graph_.links[next].needs)
            todo.push_back(need);
    }
}

void Supervisor::unwant(u32 number) {
    Vector<u32> todo{number};
    while (!todo.empty()) {
        u32 const next = todo.back();
        todo.pop_back();
        auto& service = services_[next];
        if (!service.wanted && next != number)
            continue;
        service.wanted = false;
        service.again = false;
        for (u32 const follower : graph_.links[next].followers)
            for (u32 const need : graph_.links[follower].needs)
                if (need == next)
                    todo.push_back(follower);
    }
}

void Supervisor::start(u32 number, Nanoseconds now) {
    if (closing_)
        return;
    want(number, now);
    settle(now);
}

void Supervisor::stop(u32 number, Nanoseconds now) {
    unwant(number);
    settle(now);
}

void Supervisor::restart(u32 number, Nanoseconds now) {
    if (closing_)
        return;
    auto& service = services_[number];
    if (service.state == State::starting || service.state == State::running) {
        service.backoff.forget();
        service.again = true;
        begin_stop(number, now); // those that need it go on
    } else if (service.state == State::resting) {
        service.backoff.forget();
        line_up(number, now);
    } else {
        want(number, now);
    }
    settle(now);
}

void Supervisor::shut_down(Nanoseconds now) {
    closing_ = true;
    for (auto& service : services_) {
        service.wanted = false;
        service.again = false;
    }
    settle(now);
}

} // namespace service
