// CPUs of the host machine, and their interrupts: calls at the places where a CPU looks.
#include "kernel/arch/api/cpu.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/cpu_state.hpp"
#include "kernel/arch/host/machine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <sched.h>
#include <time.h>

namespace host {
namespace {

std::mutex index_lock;
bool index_used[arch::max_cpus];
std::atomic<usize> highest_count{1};
usize machine_cpus = 1;

Cpu* cpus() {
    static auto* const all = new Cpu[arch::max_cpus]; // outlives every host thread
    return all;
}

Cpu& claim_cpu() {
    std::scoped_lock const guard(index_lock);
    for (usize index = 0; index < arch::max_cpus; ++index) {
        if (index_used[index])
            continue;
        index_used[index] = true;
        cpus()[index].index = index;
        highest_count = std::max<usize>(highest_count, index + 1);
        return cpus()[index];
    }
    std::abort(); // more host threads than CPUs
}

/// What a host thread holds.
struct Holding {
    Cpu* cpu = nullptr;
    bool own = false; ///< claimed by itself, not handed over by a scheduler

    ~Holding() {
        if (!own)
            return;
        std::scoped_lock const guard(index_lock);
        index_used[cpu->index] = false;
    }
};

thread_local Holding holding;

/// Nanoseconds once time is stopped; before, -1.
std::atomic<i64> stopped_time{-1};
std::atomic<bool> nothing_to_wait_for{false};

bool timer_due(Cpu const& cpu) {
    return cpu.deadline.load() <= arch::now().count();
}

} // namespace

Cpu& this_cpu() {
    if (holding.cpu == nullptr) [[unlikely]] {
        holding.cpu = &claim_cpu();
        holding.own = true;
    }
    return *holding.cpu;
}

void set_this_cpu(Cpu& cpu) {
    holding.cpu = &cpu;
    holding.own = false;
}

void take_interrupts() {
    for (;;) {
        Cpu& cpu = this_cpu();
        if (!cpu.interrupts || cpu.in_interrupt || (!cpu.reschedule_sent.load() && !timer_due(cpu)))
            return;
        cpu.interrupts = false;
        cpu.in_interrupt = true;
        if (cpu.reschedule_sent.exchange(false))
            cpu.reschedule = true;
        if (timer_due(cpu)) {
            cpu.deadline = INT64_MAX;
            upcall::timer_expired();
        }
        cpu.in_interrupt = false;
        if (cpu.reschedule && cpu.preemption_off == 0)
            upcall::reschedule();
        this_cpu().interrupts = true; // perhaps another CPU by now
    }
}

void stop_time() {
    stopped_time = arch::now().count();
}

void advance_time(Nanoseconds by) {
    stopped_time += by.count();
}

bool waits_forever() {
    return nothing_to_wait_for.exchange(false);
}

void set_cpu_count(usize count) {
    machine_cpus = count;
}

} // namespace host

namespace arch {

using host::this_cpu;

usize cpu_index() {
    return this_cpu().index;
}

usize cpu_count() {
    return host::highest_count;
}

void* current_thread() {
    return this_cpu().current_thread;
}

void set_current_thread(void* thread) {
    this_cpu().current_thread = thread;
}

void disable_preemption() {
    ++this_cpu().preemption_off;
}

void enable_preemption_quietly() {
    --this_cpu().preemption_off;
}

void enable_preemption() {
    host::Cpu& cpu = this_cpu();
    if (--cpu.preemption_off == 0 && cpu.interrupts && !cpu.in_interrupt) {
        if (cpu.reschedule)
            upcall::reschedule();
        host::take_interrupts();
    }
}

u32 preemption_depth() {
    return this_cpu().preemption_off;
}

void reset_preemption(u32 depth) {
    this_cpu().preemption_off = depth;
}

void request_reschedule() {
    this_cpu().reschedule = true;
}

bool reschedule_requested() {
    return this_cpu().reschedule;
}

void clear_reschedule_request() {
    this_cpu().reschedule = false;
}

void send_reschedule(usize index) {
    host::Cpu& cpu = host::cpus()[index];
    cpu.reschedule_sent = true;
    std::scoped_lock const guard(cpu.lock);
    cpu.interrupted.notify_all();
}

bool in_interrupt() {
    return this_cpu().in_interrupt;
}

void relax() {
    if (host::stopped_time >= 0)
        host::advance_time(Nanoseconds(1000));
    host::take_interrupts();
    sched_yield();
}

void wait_for_interrupt() {
    host::Cpu& cpu = this_cpu();
    if (host::stopped_time >= 0) {
        i64 const end = cpu.deadline;
        host::nothing_to_wait_for = end == INT64_MAX && !cpu.reschedule_sent;
        if (!cpu.reschedule_sent && end != INT64_MAX)
            host::stopped_time = std::max(host::stopped_time.load(), end);
    } else {
        std::unique_lock guard(cpu.lock);
        // At most a moment: a test may set up something that no interrupt announces.
        i64 const end = std::min(cpu.deadline.load(), now().count() + 10'000'000);
        auto const until = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(end));
        cpu.interrupted.wait_until(guard, until, [&] { return cpu.reschedule_sent.load(); });
    }
    enable_interrupts();
}

void start_cpus(usize most) {
    this_cpu(); // the caller is the first
    usize const before = cpu_count();
    for (usize index = before; index < std::min(most, host::machine_cpus); ++index) {
        std::thread([] {
            host::Cpu& cpu = this_cpu();
            cpu.interrupts = false;
            cpu.preemption_off = 1;
            upcall::secondary_cpu(cpu.index);
        }).detach();
        while (cpu_count() <= index)
            sched_yield();
    }
}

CpuDescription describe_cpu() {
    return {.vendor = "HostMachine",
            .brand = "host",
            .family = 6,
            .model = 1,
            .stepping = 0,
            .khz = 1'000'000};
}

bool interrupts_enabled() {
    return this_cpu().interrupts;
}

void disable_interrupts() {
    this_cpu().interrupts = false;
}

void enable_interrupts() {
    this_cpu().interrupts = true;
    host::take_interrupts();
}

Nanoseconds now() {
    if (i64 const stopped = host::stopped_time; stopped >= 0)
        return Nanoseconds(stopped);
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return Nanoseconds::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

void arm_timer(Nanoseconds deadline) {
    this_cpu().deadline = deadline.count();
}

Nanoseconds boot_wall_time() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return Nanoseconds::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec) - now();
}

u64 cycle_count() {
    return static_cast<u64>(now().count());
}

} // namespace arch
