// Prints its arguments, one variable of the environment, and its input line by line: words [NAME].
#include "user/os/environment.hpp"

int main() {
    for (auto const word : os::arguments().from(1))
        os::print("[{}]\n", word);
    if (auto const name = os::arguments()[1]; !name.empty())
        os::print("{}\n", os::variable(name).value_or("(unset)"));
    String line;
    for (usize number = 1;; ++number, line.clear()) {
        auto const more = os::in.read_line(line);
        if (!more)
            os::die(1, "standard input: {}", more.error());
        if (!*more)
            break;
        os::print("{:4}: {}\n", number, line);
    }
    return os::output_failed() ? 1 : 0;
}
