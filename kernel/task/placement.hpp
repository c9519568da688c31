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

/// Whether two CPUs are more even after a thread of `weight` went from a load of `from` to one of
/// `to`. Such a move lowers the sum of their squares, so threads cannot go round in circles.
constexpr bool evens_out(u64 weight, u64 from, u64 to) {
    return to < from && weight < from - to;
}

/// Also where they are only as uneven as before, the other way round: with that, they share one
/// thread too many by turns.
constexpr bool evens_out_or_takes_turns(u64 weight, u64 from, u64 to) {
    return to < from && weight <= from - to;
}

/// The CPU from which `self` might take a thread; `cpus` when none has more to do.
template <class Load>
usize busiest(usize self, usize cpus, Load const& load) {
    usize best = cpus;
    u64 most = load(self).weight;
    for (usize cpu = 0; cpu < cpus; ++cpu) {
        CpuLoad const other = load(cpu);
        if (cpu == self || other.threads < 2 || other.weight <= most)
            continue;
        best = cpu;
        most = other.weight;
    }
    return best;
}

} // namespace task
