// Finds CPUs that make no progress: kernel code that keeps preemption or interrupts off.
//
// Each CPU has a timer. Its tick asks to reschedule, and the next tick looks whether that was done.
// Ticks are counted and not time, so that a CPU that its host does not run is not called stuck. A
// CPU that gets no ticks has interrupts off; the one before it notices.
#include "kernel/task/watchdog.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"

namespace task {

namespace {

constexpr u32 patience = 5; ///< ticks without progress until a CPU is called stuck

struct Watch {
    Atomic<u32> ticks{0}; ///< zero: not watched
    u32 rounds = 0;       ///< RunQueue::rounds at the last tick
    u32 idle_ticks = 0;   ///< without progress
    u32 next_ticks = 0;   ///< of the next CPU, at our last tick
    u32 next_idle_ticks = 0;
    bool requested = false;
};

constinit Watch watches[arch::max_cpus];
constinit Nanoseconds interval{};
constinit Atomic<StallReport> report_stall{nullptr};

void tick(void*);

/// One for each CPU, made when it is watched.
constinit Atomic<Timer*> timers[arch::max_cpus];

void call_stuck(usize cpu) noexcept {
    if (auto const report = report_stall.load())
        report(cpu);
    if (Thread* const thread = run_queues[cpu].current)
        thread->stall();
}

/// Whether `idle` ticks in a row without progress have become too many just now.
bool too_many(u32& idle, bool progress) {
    idle = progress ? 0 : idle + 1;
    return idle == patience;
}

void tick(void*) {
    usize const cpu = arch::cpu_index();
    Watch& mine = watches[cpu];
    u32 const ticks = mine.ticks.load() + 1;
    mine.ticks.store(ticks != 0 ? ticks : 1);
    u32 const rounds = run_queues[cpu].rounds.load(MemoryOrder::relaxed);
    bool const served = !mine.requested || !arch::reschedule_requested() || rounds != mine.rounds;
    if (too_many(mine.idle_ticks, served))
        call_stuck(cpu);
    mine.rounds = rounds;
    mine.requested = true;
    arch::request_reschedule();

    usize const next = (cpu + 1) % arch::cpu_count();
    if (u32 const seen = watches[next].ticks.load(); next != cpu && seen != 0) {
        if (too_many(mine.next_idle_ticks, seen != mine.next_ticks))
            call_stuck(next);
        mine.next_ticks = seen;
    }
    timers[cpu].load()->arm(arch::now() + interval);
}

} // namespace

void set_watchdog(Nanoseconds threshold, StallReport report) {
    interval = Nanoseconds(threshold.count() * 2 / patience);
    report_stall.store(report);
}

void watch_this_cpu() {
    if (interval == Nanoseconds() || report_stall.load() == nullptr)
        return;
    auto* const timer = new Timer(tick, nullptr); // for as long as the CPU runs
    arch::InterruptsOff const off;
    usize const cpu = arch::cpu_index();
    timers[cpu].store(timer);
    watches[cpu].ticks.store(1);
    timer->arm(arch::now() + interval);
}

} // namespace task
