// What the cases of exceptions are made of.
#pragma once

#include "kernel/ktest/ktest.hpp"
#include "kernel/task/exception_cases.hpp"

#define HIDDEN [[gnu::noinline]]

namespace edge {

/// Notes its end.
struct Noted {
    char const* word;
    long number = 0;

    ~Noted() { note(word, number); }
};

using ktest::unseen;

struct Thing {
    int value;

    explicit Thing(int of) : value(of) {}

    Thing(Thing const& other) : value(other.value) { note("copy", value); }

    ~Thing() { note("~Thing", value); }
};

HIDDEN inline void throw_thing(int value) {
    throw Thing(value);
}

} // namespace edge
