// A guard that is not kept protects nothing.
// room: sync
// expect: nodiscard|unused-result|unused-value
#include "kernel/sync/locked.hpp"

ksync::SpinLocked<int, ksync::Rank{}> counter;

void touch() {
#ifdef MUST_FAIL
    counter.lock();
#else
    auto const guard = counter.lock();
#endif
}
