// A room cannot include one above it.
// room: base
// expect: No such file|file not found
#include "libs/base/types.hpp"
#ifdef MUST_FAIL
#include "kernel/log/log.hpp"
#endif
