// What svc shows of services.
#pragma once

#include "libs/service/supervisor.hpp"

String service_table(Slice<service::Service const> services, Nanoseconds now);
String service_status(service::Service const& service, Nanoseconds now);
/// How many there are in each state.
String summary(Slice<service::Service const> services, u64 dropped_lines);

bool has_failures(Slice<service::Service const> services);

/// Whether it is as it should be when somebody wants it.
constexpr bool works(service::State state) {
    return state == service::State::running || state == service::State::done;
}
