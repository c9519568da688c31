// Tests that run inside the kernel: KTEST(name) { KCHECK(1 + 1 == 2); } in a file *_ktest.cpp.
#pragma once

#include "libs/base/format.hpp"

#include <source_location>
#include <type_traits>

namespace ktest {

/// Thrown by a failed check; ends the test.
struct Failure {
    char const* reason;
    std::source_location where;
};

/// One entry of the test image's section .ktests.
struct Test {
    char const* name;
    void (*run)();
};

inline void check(bool holds, char const* what,
                  std::source_location where = std::source_location::current()) {
    if (!holds)
        throw Failure{what, where};
}

/// The value, of which the compiler then knows nothing, nor of what memory holds.
template <class T>
T unseen(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}

/// Calls `function`, of which the compiler then knows nothing: neither that it faults nor that it
/// throws nothing. Clang gives landing pads only to calls that might throw.
template <class Result, class... Parameters>
Result call_unseen(Result (*function)(Parameters...),
                   std::type_identity_t<Parameters>... arguments) {
    auto* volatile unseen = function;
    return unseen(arguments...);
}

/// How many tests this image has: none, but for the test image.
usize count();

/// Runs every test whose name contains `filter`, except those that begin with "halt_", which stop
/// the machine, or "long_": they run only when `filter` is their whole name. Prints, one per line,
///     ktest ok NAME
///     ktest FAIL NAME: reason file:line
/// and at last `ktest done P passed F failed`. Returns how many failed.
usize run_all(TextSink& sink, std::string_view filter = "");

} // namespace ktest

// Kept by the linker script, in the image that links the *_ktest.cpp files.
#define KTEST(name)                                                                                \
    static void ktest_##name();                                                                    \
    [[gnu::section(".ktests"), gnu::used]] static constinit ktest::Test const ktest_entry_##name{  \
        #name, ktest_##name};                                                                      \
    static void ktest_##name()

#define KCHECK(...) ktest::check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__)
