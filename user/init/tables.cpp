// Services as text.
#include "user/init/tables.hpp"

#include <algorithm>

using service::Service;
using service::State;

namespace {

String process_text(Service const& service) {
    return service.process == 0 ? String("-") : format("{}", service.process);
}

} // namespace

String service_table(Slice<Service const> services, Nanoseconds now) {
    usize width = 4;
    for (auto const& service : services)
        width = std::max(width, service.unit.name.size());
    String text;
    StringSink sink(text);
    auto const padded = [&](std::string_view name) {
        sink.write(name);
        for (usize i = name.size(); i < width + 2; ++i)
            sink.write(" ");
    };
    padded("NAME");
    format_to(sink, "{:<9} {:<8} {:<9} {:<9} {}\n", "STATE", "PROCESS", "RESTARTS", "FOR",
              "DESCRIPTION");
    for (auto const& service : services) {
        padded(service.unit.name);
        format_to(sink, "{:<9} {:<8} {:<9} {:<9} {}\n", service::state_name(service.state),
                  process_text(service), service.restarts,
                  service::duration_text(now - service.since), service.unit.description);
    }
    return text;
}

String service_status(Service const& service, Nanoseconds now) {
    String text;
    StringSink sink(text);
    format_to(sink, "{}: {} for {}\n", service.unit.name, service::state_name(service.state),
              service::duration_text(now - service.since));
    if (!service.unit.description.empty())
        format_to(sink, "  {}\n", service.unit.description);
    if (service.process != 0)
        format_to(sink, "  process {}\n", service.process);
    if (!service.why.empty() && (service.state == State::failed || service.state == State::broken))
        format_to(sink, "  {}\n", service.why);
    bool const runs = service.process != 0;
    format_to(sink, "  starts: {}, restarts: {}", service.runs, service.restarts);
    if (service.runs > (runs ? 1U : 0U))
        format_to(sink, "; the {} {}", runs ? "one before" : "last",
                  service::end_text(service.last));
    sink.write("\n");
    if (service.state == State::resting)
        format_to(sink, "  starts again in {}\n", service::duration_text(service.deadline - now));
    for (auto const& problem : service.unit.problems)
        format_to(sink, "  {}\n", service::problem_text(service.unit.name, problem));
    return text;
}

String summary(Slice<Service const> services, u64 dropped_lines) {
    String text;
    StringSink sink(text);
    format_to(sink, "services: {}", services.size());
    for (auto state = State::stopped; state <= State::broken;
         state = static_cast<State>(static_cast<int>(state) + 1)) {
        usize count = 0;
        for (auto const& service : services)
            count += service.state == state ? 1 : 0;
        if (count != 0)
            format_to(sink, ", {} {}", count, service::state_name(state));
    }
    sink.write("\n");
    if (dropped_lines != 0)
        format_to(sink, "{} lines did not reach the log daemon\n", dropped_lines);
    return text;
}

bool has_failures(Slice<Service const> services) {
    for (auto const& service : services)
        if (service.state == State::failed || service.state == State::broken)
            return true;
    return false;
}
