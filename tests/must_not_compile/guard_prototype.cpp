// An entry point of guard variables that returns something else than compiled code tests.
// room: runtime
// expect: conflicting declaration|conflicting types|ambiguating new declaration|differ only in
// their return type
#include "kernel/runtime/abi.hpp"

#ifdef MUST_FAIL
extern "C" void __cxa_guard_acquire(u64* guard);
#else
extern "C" int __cxa_guard_acquire(u64* guard);
#endif
