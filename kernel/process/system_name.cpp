// Host and domain name.
#include "kernel/process/system_name.hpp"

#include <algorithm>

namespace process {

namespace {

struct Name {
    char text[longest_host_name + 1] = "(none)";
    usize size = 6;

    bool recover() const { return true; } // its size fits it, whatever is in it
};

using LockedName = ksync::SpinLocked<Name, ksync::Rank::process>;
constinit LockedName host;
constinit LockedName domain;

String copy_of(LockedName& name) {
    auto const now = *name.lock();
    return String(std::string_view(now.text, now.size));
}

void replace(LockedName& name, std::string_view text) {
    text = text.substr(0, longest_host_name);
    auto now = name.lock();
    now->size = text.size();
    std::ranges::copy(text, now->text);
}

} // namespace

String host_name() {
    return copy_of(host);
}

void set_host_name(std::string_view name) {
    replace(host, name);
}

String domain_name() {
    return copy_of(domain);
}

void set_domain_name(std::string_view name) {
    replace(domain, name);
}

} // namespace process
