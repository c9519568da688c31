// The calls of the ABI's test by Clang.
#define CALLER by_clang
#include "user/tests/abi/caller.hpp"

int calls_by_clang() {
    int const before = test::checks;
    by_clang::all();
    return test::checks - before;
}
