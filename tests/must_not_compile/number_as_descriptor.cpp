// A bare number is not a descriptor, and a descriptor is not a process id.
// room: base
// expect: cannot convert|no viable conversion|cannot initialize
#include "libs/base/id.hpp"

#ifdef MUST_FAIL
Pid const process = Fd{3};
#else
Pid const process = Pid{3};
#endif
