// A function that owes a value returns one on every way (A16.1).
// room: base
// expect: return-type
#include "libs/base/types.hpp"

int answer(bool known) {
    if (known)
        return 42;
#ifndef MUST_FAIL
    return 0;
#endif
}
