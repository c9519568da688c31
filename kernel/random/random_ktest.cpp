// Random numbers after a CPU fault amid a change of the pool.
#include "kernel/ktest/ktest.hpp"
#include "kernel/random/random.hpp"
#include "libs/base/bug.hpp"

KTEST(the_random_pool_outlives_a_bug) {
    auto const* wild = reinterpret_cast<std::byte const*>(8);
    asm volatile("" : "+r"(wild)); // Safe because it changes nothing.
    bool was_bug = false;
    try {
        rng::add_entropy(ConstBytes(wild, 64), 0);
    } catch (KernelBug const&) {
        was_bug = true;
    }
    KCHECK(was_bug);
    KCHECK(rng::number() != rng::number());
}
