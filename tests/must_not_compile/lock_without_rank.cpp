// A lock has a rank.
// room: sync
// expect: wrong number of template arguments|too few template arguments
#include "kernel/sync/locked.hpp"

#ifdef MUST_FAIL
ksync::SpinLocked<int> unranked;
#else
ksync::SpinLocked<int, ksync::Rank{}> ranked;
#endif
