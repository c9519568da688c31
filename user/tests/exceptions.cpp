// Throws through frames, catches, and ends by what is not caught: exceptions WHAT.
#include "libs/base/vector.hpp"
#include "user/os/environment.hpp"

#include <exception>
#include <new>

namespace {

int destroyed = 0;
int order_errors = 0;
int expected = 0;

struct Frame {
    int depth;

    ~Frame() {
        ++destroyed;
        if (depth != expected--)
            ++order_errors;
    }
};

struct Problem {
    int number;
};

struct Special : Problem {};

[[gnu::noinline]] void descend(int depth, int to) {
    Frame const frame{depth};
    expected = depth;
    if (depth == to)
        throw Special{{to}};
    descend(depth + 1, to);
    os::print("not reached\n");
}

void deep(int to) {
    try {
        descend(1, to);
    } catch (Problem const& problem) {
        os::print("caught {} after {} destructors, {} out of order\n", problem.number, destroyed,
                  order_errors);
    }
}

void in_flight() {
    try {
        try {
            throw 5;
        } catch (int number) {
            os::print("caught {}, {} uncaught\n", number, std::uncaught_exceptions());
            throw;
        }
    } catch (...) {
        auto const kept = std::current_exception();
        try {
            std::rethrow_exception(kept);
        } catch (int number) {
            os::print("caught {} again\n", number);
        }
    }
}

void out_of_memory() {
    try {
        Vector<char> huge;
        huge.reserve(usize{1} << 50);
    } catch (std::bad_alloc const& error) {
        os::print("{}\n", error.what());
    }
}

[[gnu::noinline]] void refuses() noexcept {
    descend(1, 2);
}

} // namespace

int main() {
    auto const what = os::arguments()[1];
    if (what == "uncaught") {
        Frame const frame{0};
        throw 3;
    }
    if (what == "noexcept")
        refuses();
    if (what == "panic")
        ensure(os::arguments().size() > 10, "too few arguments");
    if (what == "terminate")
        std::terminate();
    deep(50);
    destroyed = 0;
    deep(10'000);
    in_flight();
    out_of_memory();
}
