// Prints what runs before and after main(), in order; C's and C++'s rules say which.
#include "user/os/environment.hpp"

namespace {

struct Named {
    char const* name;

    explicit Named(char const* text) : name(text) { os::print("constructor of {}\n", name); }

    ~Named() { os::print("destructor of {}\n", name); }
};

[[gnu::init_priority(200)]] Named const early("the early object");
Named const late("the late object");

[[gnu::constructor(150)]] void initialiser() {
    os::print(".init_array, {} arguments\n", os::arguments().size());
}

[[gnu::destructor(150)]] void finaliser() {
    os::print(".fini_array\n");
}

void before(int count, char**, char** environment) {
    os::print(".preinit_array, {} arguments, environment {}\n", count,
              environment == os::environment().data());
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const first)(int, char**, char**) = before;

thread_local int variable = 42;
alignas(64) thread_local char aligned[3] = {1, 2, 3};
thread_local long zero;

} // namespace

int main(int count, char** arguments) {
    auto const frame = reinterpret_cast<u64>(__builtin_frame_address(0)); // Safe: only looked at.
    os::print("main, {} arguments, the first {}, stack aligned {}\n", count, os::program_name(),
              frame % 16 == 0);
    os::print("thread variables {} {} {} {}\n", variable, int{aligned[2]}, zero,
              reinterpret_cast<u64>(aligned) % 64 == 0);
    static Named const inside("the object in main");
    (void)os::at_exit([](void* text) { os::print("{}\n", static_cast<char const*>(text)); },
                      const_cast<char*>("at exit, registered first"));
    (void)os::at_exit([](void*) {
        os::print("at exit, registered last\n");
        (void)os::at_exit([](void*) { os::print("at exit, registered at exit\n"); });
    });
    return arguments[count] == nullptr ? 7 : 1;
}
