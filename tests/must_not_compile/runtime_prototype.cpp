// An entry point of the C++ runtime with another prototype than compiled code calls.
// room: runtime
// expect: conflicting declaration|conflicting types|functions that differ only in their return type
#include "kernel/runtime/abi.hpp"

#ifdef MUST_FAIL
extern "C" int __cxa_begin_catch(void* unwinding) noexcept;
#else
extern "C" void* __cxa_begin_catch(void* unwinding) noexcept;
#endif
