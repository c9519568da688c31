// The value behind a lock is reached through a guard only.
// room: sync
// expect: is private|private member
#include "kernel/sync/locked.hpp"

ksync::SpinLocked<int, ksync::Rank{}> counter;

int read() {
#ifdef MUST_FAIL
    return counter.value_;
#else
    return *counter.lock();
#endif
}
