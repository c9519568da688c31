// Input by lines, output by format: counts the lines and bytes of standard input.
#include "user/os/environment.hpp"

namespace {

Result<void> count() {
    usize lines = 0;
    usize bytes = 0;
    for (String line; TRY(os::in.read_line(line)); line.clear()) {
        ++lines;
        bytes += line.size();
    }
    os::print("{:6} lines, 0x{:04x} bytes without their ends\n", lines, bytes);
    return {};
}

} // namespace

int main() {
    if (auto const done = count(); !done)
        os::die(1, "standard input: {}", done.error());
}
