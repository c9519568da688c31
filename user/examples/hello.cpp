// The smallest program: one line to standard output.
#include "user/os/stream.hpp"

int main() {
    os::print("hello, {}\n", "world");
}
