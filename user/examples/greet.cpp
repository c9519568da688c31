// Arguments and environment: greets everybody who is named.
#include "user/os/environment.hpp"

int main() {
    auto const names = os::arguments().from(1);
    if (names.size() == 0)
        os::die(2, "whom? usage: {} NAME...", os::program_name());
    auto const word = os::variable("GREETING").value_or("hello");
    for (auto const name : names)
        os::print("{}, {}\n", word, name);
}
