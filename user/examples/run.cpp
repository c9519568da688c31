// Processes: runs a command without its errors and says how it ended.
#include "user/os/process.hpp"

int main() {
    auto const words = os::arguments().from(1);
    os::Command command(words[0]);
    for (auto const word : words.from(1))
        command.argument(word);
    auto const status = command.error(os::to_null()).run();
    if (!status)
        os::die(127, "{}: {}", words[0], status.error());
    if (auto const code = status->code())
        os::print("exit code {}\n", *code);
    else
        os::print("signal {}\n", *status->signal());
}
