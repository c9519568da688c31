// On which CPU a thread should run. Pure policy over a view of the machine.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "libs/base/types.hpp"

#include <bitset>

namespace task {

using CpuSet = std::bitset<arch::max_cpus>;

/// What is known of each CPU without its lock.
struct CpuLoad {
    u32 threads; ///< ready or running
    u64 weight;
};

/// For a thread that wakes: where its cache is warm if that CPU is idle, else where it is woken,
/// else any idle one; else the less loaded of the first two. `load` is called with an index below
/// `cpus`. A thread that is allowed nowhere stays at `last`.
template <class Load>
usize place_woken(CpuSet const& allowed, usize last, usize waker, usize cpus, Load const& load) {
    auto const allows = [&](usize cpu) { return cpu < cpus && allowed.test(cpu); };
    if (allows(last) && load(last).threads == 0)
        return last;
    if (allows(waker) && load(waker).threads == 0)
        return waker;
    for (usize step = 1; step < cpus; ++step) {
        usize const cpu = (last + step) % cpus;
        if (allows(cpu) && load(cpu).threads == 0)
            return cpu;
    }
    if (allows(last) && (!allows(waker) || load(last).weight <= load(waker).weight))
        return last;
    if (allows(waker))
        return waker;
    for (usize cpu = 0; cpu < cpus; ++cpu)
        if (allows(cpu))
            return cpu;
    return last;
}

/// For a thread that starts: the least loaded CPU, `here` among equals.
template <class Load>
usize place_new(CpuSet const& allowed, usize here, usize cpus, Load const& load) {
    usize best = cpus;
    u64 least = 0;
    for (usize step = 0; step < cpus; ++step) {
        usize const cpu = (here + step) % cpus;
        if (!allowed.test(cpu))
            continue;
        u64 const weight = load(cpu).weight;
        if (best == cpus || weight < least) {
            best = cpu;
            least = weight;
        }
    }
    return best == cpus ? here : best;
}

/// The CPU from which `self` should take a thread; `cpus` when loads are even enough. A move must
/// leave the other at least as loaded as `self` becomes, or threads would bounce.
template <class Load>
usize busiest(usize self, usize cpus, Load const& load) {
    usize best = cpus;
    u64 most = 0;
    CpuLoad const mine = load(self);
    for (usize cpu = 0; cpu < cpus; ++cpu) {
        CpuLoad const other = load(cpu);
        if (cpu == self || other.threads < 2 || other.threads < mine.threads + 2)
            continue;
        if (other.weight > most && other.weight > mine.weight) {
            best = cpu;
            most = other.weight;
        }
    }
    return best;
}

} // namespace task
