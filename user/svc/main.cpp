// svc: lists, starts, stops and shows services, by asking init.
#include "libs/service/request.hpp"
#include "libs/service/unit.hpp"
#include "user/options/options.hpp"
#include "user/os/poll.hpp"
#include "user/os/process.hpp"
#include "user/os/special.hpp"
#include "user/os/time.hpp"

using service::Verb;

namespace {

constexpr Option options[] = {
    {'r', "run", "where init has its FIFOs; else /run/init", "DIRECTORY"},
    {'w', "wait", "for the answer at most so long, as 5s or 2m; else 3m", "TIME"}};

constexpr int usage = 2;
constexpr int no_init = 5;

/// The FIFO for the answer, which goes when this does.
class Reply {
public:
    Reply(std::string_view run, u32 id) : path_(format("{}/reply.{}", run, id)) {
        (void)os::remove(path_); // of one before us that was killed
        if (auto const made = os::make_special(path_, os::FileType::fifo, os::Mode(0600)); !made)
            os::die(no_init, "{}: {}", path_, made.error());
        // Before init opens it, which does not wait for us.
        auto opened = os::File::open(path_, os::Open::nonblocking);
        if (!opened)
            os::die(no_init, "{}: {}", path_, opened.error());
        file_ = std::move(*opened);
    }

    Reply(Reply const&) = delete;
    Reply& operator=(Reply const&) = delete;

    ~Reply() { (void)os::remove(path_); }

    os::File const& file() const { return file_; }

private:
    String path_;
    os::File file_;
};

os::File open_requests(std::string_view run) {
    auto const path = format("{}/request", run);
    auto opened = os::File::open(path, os::Open::write_only | Flags(os::Open::nonblocking));
    if (opened)
        return std::move(*opened);
    if (opened.error() == Errno::enoent || opened.error() == Errno::enxio)
        os::die(no_init, "{}: init does not run, or is not Linnet's", path);
    os::die(no_init, "{}: {}", path, opened.error());
}

/// Everything that init says; nothing when it does not, or when it ends.
std::optional<String> receive(Reply const& reply, os::File const& requests, Nanoseconds deadline) {
    String text;
    for (;;) {
        auto const now = os::now();
        if (now >= deadline)
            return std::nullopt;
        os::Awaited list[] = {{reply.file().fd(), os::Ready::in}, {requests.fd(), {}}};
        if (!os::poll(list, deadline - now))
            continue;
        if (list[0].readable()) {
            char part[4096];
            auto const got = reply.file().read(std::as_writable_bytes(std::span(part)));
            if (got && *got != 0)
                text.append({part, *got});
            else if (got && !text.empty())
                return text;
            else
                os::sleep(Nanoseconds::milliseconds(1)); // init has not written yet
        }
        if (text.empty() && list[1].is(os::Ready::error))
            return std::nullopt; // nobody reads requests any more
    }
}

int show(std::string_view answer) {
    auto const end = answer.find('\n');
    auto const code = parse_number(answer.substr(0, end));
    if (!code || end == answer.npos)
        os::die(no_init, "init gave no answer that makes sense");
    auto const text = answer.substr(end + 1);
    bool const complaint = *code == 1 || *code == 4;
    if (complaint)
        os::print_error("svc: {}", text);
    else if (!os::out.write(text))
        return 1;
    return static_cast<int>(*code);
}

} // namespace

int main() {
    CommandLine const line("list | reload | shutdown | reboot | start|stop|restart|status|log NAME",
                           "Asks init about its services.", options);
    line.need_operands(1, 2);
    auto const verb = service::find_verb(line.operands()[0]);
    if (!verb)
        os::die(usage,
                "'{}' is none of list, start, stop, restart, status, log, reload, shutdown, "
                "reboot",
                line.operands()[0]);
    service::Request request = {.id = static_cast<u32>(os::process_id()), .verb = *verb};
    if (line.operands().size() == 2)
        request.name = line.operands()[1];
    if (request.name.empty() && service::needs_name(*verb))
        os::die(usage, "{} whom? `svc list` shows all services", service::verb_name(*verb));
    if (!request.name.empty() && !service::takes_name(*verb))
        os::die(usage, "{} takes no name", service::verb_name(*verb));
    if (!request.name.empty() && !service::is_name(request.name))
        os::die(4, "'{}' is no name of a service", request.name);
    auto const patience = service::parse_duration(line.value('w').value_or("3m"));
    if (!patience)
        os::die(usage, "--wait is a time as 500ms, 5s or 2m");
    auto const run = line.value('r').value_or("/run/init");

    (void)os::ignore_signal(os::Signal::pipe); // can be ignored always
    auto const requests = open_requests(run);
    Reply const reply(run, request.id);
    if (auto const sent = requests.write(service::request_text(request).view()); !sent) {
        os::print_error("svc: {}/request: {}\n", run, sent.error());
        return no_init;
    }
    auto const answer = receive(reply, requests, os::now() + *patience);
    if (!answer) {
        os::print_error("svc: init does not answer\n");
        return no_init;
    }
    return show(*answer);
}
