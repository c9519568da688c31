// A handler that returns a struct says which argument it goes through.
// room: syscall
// expect: needs To<n>
#include "kernel/syscall/call.hpp"

struct Pair {
    i32 first;
    i32 second;
};

Result<Pair> pair(Fd);

#ifdef MUST_FAIL
auto const row = sys::entry<pair>;
#else
auto const row = sys::entry<pair, sys::To<1>>;
#endif
