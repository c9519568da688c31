// Runs a program on a terminal of its own and shows what it writes, with escapes as \e: pty [--keys
// KEYS] PROGRAM [ARGUMENT]... A key is typed each time that the program has written something.
#include "user/os/process.hpp"
#include "user/os/terminal.hpp"

#include <algorithm>

int main() {
    auto terminal = os::open_pseudo_terminal();
    if (!terminal)
        os::die(1, "no terminal: {}", terminal.error());
    (void)os::set_window_size(terminal->controller.fd(), {.rows = 24, .columns = 80});
    bool const has_keys = os::arguments()[1] == "--keys";
    auto keys = has_keys ? os::arguments()[2] : std::string_view();
    auto const words = os::arguments().from(has_keys ? 3 : 1);
    os::Command command(words[0]);
    for (auto const word : words.from(1))
        command.argument(word);
    auto const fd = os::to_descriptor(terminal->terminal.fd());
    auto child =
        command.input(fd).output(fd).error(fd).new_session(terminal->terminal.fd()).start();
    if (!child)
        os::die(127, "{}: {}", words[0], child.error());
    terminal->terminal = {};
    char buffer[4096];
    for (;;) { // until EIO: nobody has the terminal open any more
        auto const count = terminal->controller.read(std::as_writable_bytes(std::span(buffer)));
        if (!count || *count == 0)
            break;
        (void)terminal->controller.write(keys.substr(0, 1));
        keys = keys.substr(std::min<usize>(keys.size(), 1));
        for (char const character : std::string_view(buffer, *count)) {
            if (character == '\033')
                os::print("\\e");
            else if (character != '\r')
                os::print("{}", character);
        }
    }
    auto const status = child->wait();
    return status ? status->as_exit_code() : 1;
}
