// Aborts with objects alive: no destructor runs.
#include "user/os/environment.hpp"

namespace {

struct Loud {
    ~Loud() { os::print("a destructor ran\n"); }
};

Loud const global;

} // namespace

int main() {
    Loud const local;
    (void)os::at_exit([](void*) { os::print("a function at exit ran\n"); });
    os::print("aborting\n");
    linnet_abort();
}
