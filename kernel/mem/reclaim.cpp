// The list of reclaimers.
#include "kernel/mem/frames.hpp"
#include "libs/base/atomic.hpp"

namespace mem {
namespace {

constinit Atomic<Reclaimer*> first{nullptr};

} // namespace

void Reclaimer::enroll() {
    Reclaimer* seen = first.load();
    do
        next_ = seen;
    while (!first.compare_exchange(seen, this));
}

usize Reclaimer::reclaim(usize wanted) noexcept {
    usize freed = 0;
    for (Reclaimer* at = first.load(); at != nullptr && freed < wanted; at = at->next_)
        freed += at->reclaim_(wanted - freed);
    return freed;
}

} // namespace mem
