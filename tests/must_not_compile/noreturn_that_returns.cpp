// A function that is said not to return does not (A16.1).
// room: base
// expect: noreturn.*(does return|should not return)
#include "libs/base/bug.hpp"

[[noreturn]] void end(bool now) {
#ifdef MUST_FAIL
    if (now)
#else
    (void)now;
#endif
        panic("the end");
}
