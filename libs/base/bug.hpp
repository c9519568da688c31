// Bugs: what panic() and ensure() throw, and what a CPU fault in kernel mode becomes.
#pragma once

#include "libs/base/types.hpp"

#include <source_location>

/// A bug found in the kernel. Thrown by value; caught only at the five places of containment.
/// Not derived from std::exception, so no `catch (std::exception&)` can swallow it.
struct KernelBug {
    char const* what = "";           ///< static text
    std::source_location where = {}; ///< of the check; empty for a hardware fault
    u64 instruction = 0;             ///< of a hardware fault, else 0
    u64 address = 0;                 ///< the address a page fault touched
};

/// Reports a bug: unwinds to the nearest place of containment. Halts the machine from VITAL code.
[[noreturn]] void panic(char const* what,
                        std::source_location where = std::source_location::current());

/// Called by panic() before it throws, so that the report has the stack of the throw. Defined once,
/// by the kernel's log of bugs or by the host's test support.
void note_bug(KernelBug const& bug) noexcept;

/// Calls function(argument) for a caller that cannot be unwound here, such as one that lets go of
/// an object: a KernelBug, reported like any, costs what the function still had to do, and the
/// task. False when it did. Defined once, by kernel/task or by the host's test support.
bool survive(void (*function)(void*), void* argument) noexcept;

/// The same for the end of an object whose first virtual function is its destructor, which
/// `destroy` calls. What a destructor that could not even begin left undone is done. If false, the
/// object's memory is still the caller's.
bool survive_destructor(void (*destroy)(void*), void* object) noexcept;

/// Has the running task end at its next chance, after a bug that nothing unwinds to its place of
/// containment. Defined where survive() is.
void doom_task(char const* bug) noexcept;

/// How many KernelBugs are on their way to a catch in this task. A guard that sees more of them
/// when it is destroyed than when it was made is being unwound by a bug, so what it guards may be
/// half changed. (std::uncaught_exceptions() would also count std::bad_alloc.) Defined once, by the
/// kernel's C++ runtime or by the host's test support.
u32 bugs_in_flight() noexcept;

/// Throws std::bad_alloc. Its own function so that call sites stay small.
[[noreturn]] void throw_out_of_memory();

/// An invariant. Always checked, in every build.
constexpr void ensure(bool holds, char const* what = "an invariant does not hold",
                      std::source_location where = std::source_location::current()) {
    if (!holds) [[unlikely]]
        panic(what, where);
}
