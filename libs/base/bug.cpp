// Throws what panic() and failed allocations become.
#include "libs/base/bug.hpp"

#include <new>

void panic(char const* what, std::source_location where) {
    KernelBug const bug{.what = what, .where = where};
    note_bug(bug);
    throw bug;
}

void throw_out_of_memory() {
    throw std::bad_alloc();
}
