// Terminals: shows the code of each key that is pressed, until `q`; the terminal is as before
// afterwards.
#include "user/os/environment.hpp"
#include "user/os/terminal.hpp"

int main() {
    auto raw = os::RawMode::enter(os::in.fd());
    if (!raw)
        os::die(1, "standard input: {}", raw.error());
    for (char key = 0; key != 'q';) {
        auto const count = os::in.read(writable_object_bytes(key));
        if (!count || *count == 0)
            break;
        os::print("{}\n", int{key});
    }
}
