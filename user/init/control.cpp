// The requests of svc and their answers.
#include "user/init/control.hpp"

#include "user/init/tables.hpp"
#include "user/os/special.hpp"

#include <algorithm>

using service::Level;
using service::State;
using service::Verb;

namespace {

constexpr usize most_clients = 32;
constexpr auto patience_with_services = Nanoseconds::seconds(120);
constexpr auto patience_with_clients = Nanoseconds::seconds(10);

String answer_text(int code, std::string_view text) {
    return format("{}\n{}", code, text);
}

} // namespace

void Control::open() {
    constexpr os::Mode private_directory{0700};
    auto const path = format("{}/request", options_.run);
    auto opened = [&]() -> Result<os::File> {
        TRY(os::make_directories(options_.run, private_directory));
        (void)os::remove(path); // of an init before
        TRY(os::make_special(path, os::FileType::fifo, os::Mode(0600)));
        // Also for writing: so it never ends.
        return os::File::open(path, os::Open::read_write | Flags(os::Open::nonblocking));
    }();
    if (opened)
        requests_ = std::move(*opened);
    else
        outlet_.print(Level::error, "{}: {}; svc will not work", path, opened.error());
}

void Control::await(Vector<os::Awaited>& list) const {
    if (requests_)
        list.push_back({requests_.fd(), os::Ready::in});
    for (auto const& client : clients_)
        list.push_back(
            {client.reply.fd(), client.text.empty() ? Flags<os::Ready>() : os::Ready::out});
}

void Control::take(std::span<os::Awaited const> list, Nanoseconds now) {
    usize next = 0;
    bool const asked = requests_ && list.data()[next++].readable();
    usize kept = 0;
    for (usize i = 0; i < clients_.size(); ++i) {
        bool const left = list.data()[next++].is(os::Ready::error | Flags(os::Ready::invalid));
        if (left || (!clients_[i].text.empty() && !send(clients_[i], now)))
            continue;
        if (kept != i)
            clients_[kept] = std::move(clients_[i]);
        ++kept;
    }
    while (clients_.size() > kept)
        clients_.pop_back();
    if (!asked)
        return;
    char text[4096];
    auto const got = requests_.read(std::as_writable_bytes(std::span(text)));
    if (got)
        lines_.take({text, *got}, [&](std::string_view line) { take_request(line, now); });
}

/// The FIFO that a client made for its answer; nothing when it is none, or when nobody reads from
/// it.
os::File Control::open_reply(u32 id) {
    auto const path = format("{}/reply.{}", options_.run, id);
    auto opened = os::File::open(path, os::Open::write_only | Flags(os::Open::nonblocking) |
                                           os::Open::no_follow);
    if (!opened)
        return {};
    auto const status = opened->status();
    if (!status || status->type != os::FileType::fifo)
        return {};
    (void)os::remove(path); // both have it open; so it never stays behind
    return std::move(*opened);
}

void Control::take_request(std::string_view line, Nanoseconds now) {
    auto const request = service::parse_request(line);
    if (!request) {
        outlet_.print(Level::warning, "a request that is none: '{}'", line);
        return;
    }
    Client client = {.verb = request->verb, .deadline = now + patience_with_services};
    client.reply = open_reply(request->id);
    if (!client.reply)
        return;
    if (clients_.size() < most_clients) {
        begin(std::move(client), *request, now);
    } else {
        client.text = answer_text(1, "too many ask at once; try again\n");
        send(client, now);
    }
}

void Control::begin(Client client, service::Request const& request, Nanoseconds now) {
    auto const services = supervisor_.services();
    if (auto const found = supervisor_.find(request.name)) {
        client.service = *found;
        client.runs = services[*found].runs;
    } else if (request.verb == Verb::log && request.name == "init") {
        client.text = answer_text(0, outlet_.own().text());
    } else if (!request.name.empty()) {
        client.text = answer_text(
            4, format("{}: there is no such service; `svc list` shows them\n", request.name));
    }
    bool const starts = request.verb == Verb::start || request.verb == Verb::restart;
    if (client.text.empty() && starts && supervisor_.shutting_down())
        client.text = answer_text(1, "the system is shutting down\n");
    if (client.text.empty()) {
        switch (request.verb) {
        case Verb::list:
            client.text = answer_text(0, service_table(services, now));
            break;
        case Verb::status:
            if (request.name.empty())
                client.text = answer_text(has_failures(services) ? 3 : 0,
                                          summary(services, outlet_.dropped()));
            else
                client.text = answer_text(works(services[client.service].state) ? 0 : 3,
                                          service_status(services[client.service], now));
            break;
        case Verb::log:
            client.text = answer_text(0, processes_.log_of(client.service));
            break;
        case Verb::start:
            supervisor_.start(client.service, now);
            break;
        case Verb::stop:
            supervisor_.stop(client.service, now);
            break;
        case Verb::restart:
            supervisor_.restart(client.service, now);
            break;
        case Verb::reload:
            reload_ = true;
            client.text = answer_text(0, "");
            break;
        case Verb::shutdown:
            ending_ = Ending::power_off;
            client.text = answer_text(0, "");
            break;
        case Verb::reboot:
            ending_ = Ending::restart;
            client.text = answer_text(0, "");
            break;
        }
    }
    if (client.text.empty())
        try_to_answer(client, now);
    clients_.push_back(std::move(client));
}

bool Control::try_to_answer(Client& client, Nanoseconds now) {
    auto const& service = supervisor_.services()[client.service];
    auto const& name = service.unit.name;
    State const state = service.state;
    if (client.verb == Verb::stop) {
        if (service::is_under_way(state) || has_process(state)) {
            if (now < client.deadline)
                return false;
            client.text = answer_text(1, format("{}: does not stop\n", name));
        } else {
            client.text = answer_text(0, "");
        }
        return true;
    }
    bool const ran = client.verb != Verb::restart || service.runs > client.runs;
    if (ran && (state == State::running || state == State::done))
        client.text = answer_text(0, "");
    else if (state == State::failed || state == State::broken)
        client.text = answer_text(1, format("{}: {}\n", name, service.why));
    else if (state == State::stopped)
        client.text = answer_text(1, format("{}: was stopped meanwhile\n", name));
    else if (ran && state == State::resting)
        client.text = answer_text(1, format("{}: {}; it starts again in {}\n", name,
                                            service::end_text(service.last),
                                            service::duration_text(service.deadline - now)));
    else if (now >= client.deadline)
        client.text = answer_text(1, format("{}: is still {}\n", name, service::state_name(state)));
    return !client.text.empty();
}

void Control::answer(Nanoseconds now) {
    usize kept = 0;
    for (usize i = 0; i < clients_.size(); ++i) {
        auto& client = clients_[i];
        bool const had_text = !client.text.empty();
        bool keep = had_text || !try_to_answer(client, now);
        if (!keep || (had_text && client.sent == 0)) {
            client.deadline = now + patience_with_clients;
            keep = send(client, now);
        } else if (had_text && now >= client.deadline) {
            keep = false;
        }
        if (!keep)
            continue;
        if (kept != i)
            clients_[kept] = std::move(client);
        ++kept;
    }
    while (clients_.size() > kept)
        clients_.pop_back();
}

bool Control::send(Client& client, Nanoseconds now) {
    while (client.sent != client.text.size()) {
        auto const rest = client.text.view().substr(client.sent);
        auto const sent = client.reply.write_some(bytes_of(rest));
        if (!sent)
            return sent.error() == Errno::eagain;
        client.sent += *sent;
        client.deadline = now + patience_with_clients;
    }
    return false;
}

Nanoseconds Control::next_answer() const {
    auto next = Nanoseconds::never();
    for (auto const& client : clients_)
        next = std::min(next, client.deadline);
    return next;
}
