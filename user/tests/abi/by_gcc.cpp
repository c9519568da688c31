// The calls of the ABI's test by the compiler that builds all programs, and main().
#define CALLER by_gcc
#include "user/tests/abi/caller.hpp"

/// By Clang, in by_clang.cpp.
int calls_by_clang();

int main() {
    by_gcc::all();
    int const ours = test::checks;
    int const theirs = calls_by_clang();
    CHECK(ours == theirs);
    os::print("{} checks\n", test::checks);
    return test::verdict();
}
