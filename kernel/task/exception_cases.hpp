// Exceptions at their edges: cases that note what happens, for the kernel, and for the host with
// its runtime and with the kernel's (tests/exceptions/suite.cpp).
#pragma once

#include <span>

namespace edge {

/// Runs and notes; a correct runtime leaves exactly `trace`. A case whose trace ends with
/// "terminate" ends a program there; in the kernel it becomes a bug.
struct Case {
    char const* name;
    void (*run)();
    char const* trace;
};

std::span<Case const> cases();

// They are these.
void fifty_frames(), rethrow(), throw_in_handler(), catch_in_destructor(),
    throw_out_of_destructor(), by_base(), by_pointer(), function_try(), out_of_noexcept(),
    array_element(), forced(), deep_recursion(), without_memory(), concurrent(), pointers(),
    guards(), pure_virtual(), terminate_by_call(), in_constructor(), backtrace(), two_phases(),
    unhandled();

// What the drivers provide.

/// Appends a word, or a word and a number, to the trace.
void note(char const* word);
void note(char const* word, long number);
/// Calls run(index) with indices 0 to 3 at once, each on a CPU of its own if there are so many.
void on_four_cpus(void (*run)(unsigned index));
/// Whether memory for exceptions can be allocated.
void allow_memory(bool allowed);
/// 1 MiB that is nobody's stack yet.
std::span<char> spare_stack();

} // namespace edge
