// Leaves do not include each other.
// room: tmpfs
// expect: No such file|file not found
#include "libs/base/types.hpp"
#ifdef MUST_FAIL
#include "kernel/fs/devtmpfs/devtmpfs.hpp"
#endif
