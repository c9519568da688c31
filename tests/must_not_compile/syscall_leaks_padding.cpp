// A struct with padding would carry kernel bytes to the user.
// room: syscall
// expect: padded or non-trivial struct
#include "kernel/syscall/call.hpp"

struct Padded {
    u8 small;
    u64 large;
};

struct Tight {
    u64 small;
    u64 large;
};

Result<Padded> padded(Fd);
Result<Tight> tight(Fd);

#ifdef MUST_FAIL
auto const row = sys::entry<padded, sys::To<1>>;
#else
auto const row = sys::entry<tight, sys::To<1>>;
#endif
