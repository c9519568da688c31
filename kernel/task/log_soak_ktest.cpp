// Threads and interrupts of all CPUs write to the log at once, until the machine is halted amid
// it. tests/boot/log_soak_test.cpp reads what came out (A6.3).
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/task/scheduler.hpp"

namespace {

constexpr usize most_cpus = 4;
constexpr usize threads_per_cpu = 2;
constexpr u32 lines_per_round = 60; ///< what all write in a round fits into the ring

constinit Atomic<u32> goal{0}; ///< lines of each writer

void pause() {
    (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1),
                            ksync::Wait::uninterruptible);
}

/// One that writes lines of different lengths, each with its number.
struct Writer {
    u32 name = 0;
    Atomic<u32> lines{0};

    bool is_done() const { return lines.load() >= goal.load(); }

    void write() {
        static constexpr std::string_view letters = "the quick brown fox jumps over the lazy dog";
        u32 const number = lines.load();
        klog::info("soak {} {} {} end", name, number,
                   letters.substr(0, (name + number) % letters.size()));
        lines.store(number + 1);
    }
};

struct Interrupts : Writer {
    task::Timer timer{fire, this};

    /// Goes on where it was armed first.
    static void fire(void* self) {
        auto& interrupts = *static_cast<Interrupts*>(self);
        if (!interrupts.is_done())
            interrupts.write();
        interrupts.timer.arm(arch::now() + Nanoseconds(500'000));
    }
};

constinit Writer writers[most_cpus * threads_per_cpu];
Interrupts* interrupts[most_cpus]; ///< never freed: they fire until the machine is halted

/// The first of a CPU's threads starts its interrupts, too.
void write_for_ever(void* argument) {
    auto& writer = *static_cast<Writer*>(argument);
    if (auto const cpu = writer.name / threads_per_cpu; writer.name % threads_per_cpu == 0)
        Interrupts::fire(interrupts[cpu]);
    for (;;)
        if (writer.is_done())
            pause();
        else
            writer.write();
}

void start_writers(usize cpus) {
    ktest::check(cpus <= most_cpus, "the test has writers for all CPUs");
    for (usize cpu = 0; cpu < cpus; ++cpu) {
        interrupts[cpu] = new Interrupts;
        interrupts[cpu]->name = static_cast<u32>(100 + cpu);
    }
    for (u32 i = 0; i < cpus * threads_per_cpu; ++i) {
        writers[i].name = i;
        auto const thread = task::Thread::create("writer", write_for_ever, &writers[i]);
        KCHECK(thread.has_value());
        task::CpuSet where;
        where.set(i / threads_per_cpu);
        while (!(*thread)->set_affinity(where)) // the CPU has only just started
            pause();
        (*thread)->start();
    }
}

/// Returns when each thread has written `lines`, and interrupts of each CPU `of_interrupts`.
void wait_for(usize cpus, u32 lines, u32 of_interrupts) {
    auto const is_missing = [&](usize cpu) {
        bool missing = interrupts[cpu]->lines.load() < of_interrupts;
        for (usize i = 0; i < threads_per_cpu; ++i)
            missing = missing || writers[cpu * threads_per_cpu + i].lines.load() < lines;
        return missing;
    };
    for (usize cpu = 0; cpu < cpus; ++cpu)
        while (is_missing(cpu))
            pause();
}

[[gnu::noinline]] VITAL void halt_amid_the_soak() noexcept {
    panic("the soak is over");
}

/// First in rounds, in which no line may be lost; then without end, faster than the port is.
void soak(u32 rounds) {
    usize const cpus = arch::cpu_count();
    start_writers(cpus);
    u32 const in_rounds = rounds * lines_per_round;
    for (u32 lines = 0; lines < in_rounds;) {
        goal.store(lines += lines_per_round);
        wait_for(cpus, lines, lines);
    }
    goal.store(~u32{0});
    wait_for(cpus, 2 * in_rounds, in_rounds + in_rounds / 10);
    halt_amid_the_soak();
}

} // namespace

KTEST(halt_log_soak) {
    soak(5);
}

KTEST(halt_log_soak_for_long) {
    soak(100);
}
