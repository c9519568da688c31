// A system call handler has no user pointer to dereference.
// room: syscall
// expect: never a pointer
#include "kernel/syscall/call.hpp"

Result<void> with_pointer(char const*);
Result<void> with_address(UserAddr);

#ifdef MUST_FAIL
auto const row = sys::entry<with_pointer>;
#else
auto const row = sys::entry<with_address>;
#endif
