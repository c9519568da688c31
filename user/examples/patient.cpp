// Signals, time and poll: waits for input, a signal, or so many seconds, whatever comes first.
#include "user/os/environment.hpp"
#include "user/os/poll.hpp"

#include <charconv>

int main() {
    i64 seconds = 0;
    auto const word = os::arguments()[1];
    std::from_chars(word.data(), word.data() + word.size(), seconds);
    // Blocked but while poll() waits, so that none can come between the look and the wait.
    os::BlockedSignals const blocked({os::Signal::term});
    (void)os::catch_signal(os::Signal::term);
    for (;;) {
        os::Awaited input[] = {{os::in.fd(), os::Ready::in}};
        auto const ready = os::poll(input, Nanoseconds::seconds(seconds), blocked.before());
        if (os::caught_signals().has(os::Signal::term)) {
            os::print("told to end\n");
            return 0;
        }
        if (!ready)
            os::die(1, "poll: {}", ready.error());
        if (*ready == 0) {
            os::print("nothing came\n");
            return 1;
        }
        String line;
        auto const more = os::in.read_line(line);
        if (!more || !*more)
            return 0;
        os::print("got {}\n", line);
    }
}
