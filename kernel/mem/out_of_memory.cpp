// Reclaims, then asks the registered policy for a victim.
#include "kernel/mem/out_of_memory.hpp"

#include "kernel/mem/frames.hpp"
#include "libs/base/atomic.hpp"

namespace mem {
namespace {

constinit Atomic<ChooseVictim> policy{nullptr};

} // namespace

void set_victim_policy(ChooseVictim choose) {
    policy.store(choose);
}

Relief out_of_memory() {
    constexpr usize wanted = 64;
    if (Reclaimer::reclaim(wanted) != 0)
        return Relief::retry;
    ChooseVictim const choose = policy.load();
    return choose != nullptr ? choose() : Relief::give_up;
}

} // namespace mem
