// Ends the system.
#include "user/init/ending.hpp"

#include "user/init/mounts.hpp"
#include "user/os/system.hpp"

#include <algorithm>

using service::Level;

namespace {

constexpr Pid everybody_else{-1};

/// Until there is no child, or the time is over.
bool all_end_within(Nanoseconds patience) {
    auto const deadline = os::now() + patience;
    for (;;) {
        auto const waited = os::wait_any(os::WaitFor::no_hang);
        if (!waited)
            return true; // ECHILD
        if (*waited)
            continue;
        if (os::now() >= deadline)
            return false;
        os::sleep(Nanoseconds::milliseconds(5));
    }
}

bool reports_its_end() {
    auto const words = os::read_file("/proc/cmdline");
    auto rest = words ? words->view() : std::string_view();
    while (!rest.empty()) {
        auto const word = rest.substr(0, rest.find_first_of(" \n"));
        if (word == "linnet.exit=report")
            return true;
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return false;
}

} // namespace

void end_system(Ending ending, int status, Outlet& outlet) {
    bool const reports = reports_its_end();
    if (os::send_signal(everybody_else, static_cast<int>(os::Signal::term)))
        if (!all_end_within(Nanoseconds::seconds(2)))
            outlet.say(Level::warning, "some processes do not end; they are killed");
    if (os::send_signal(everybody_else, static_cast<int>(os::Signal::kill)))
        if (!all_end_within(Nanoseconds::seconds(5)))
            outlet.say(Level::error, "some processes cannot be killed");
    unmount_all(outlet);
    if (ending == Ending::leave && reports)
        os::exit(status);
    auto const error = os::power(ending == Ending::restart ? os::Power::restart
                                 : ending == Ending::halt  ? os::Power::halt
                                                           : os::Power::off);
    outlet.print(Level::error, "the power cannot be switched: {}", error);
    os::exit(status);
}
