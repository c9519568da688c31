// CPUs of the host machine.
#include "kernel/arch/api/cpu.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"

#include <sched.h>
#include <time.h>

namespace host {
namespace {

thread_local void* current = nullptr;
thread_local u32 preemption_off = 0;
thread_local bool interrupts = true;
thread_local bool reschedule = false;

} // namespace
} // namespace host

namespace arch {

usize cpu_index() {
    return 0;
}

usize cpu_count() {
    return 1;
}

void* current_thread() {
    return host::current;
}

void set_current_thread(void* thread) {
    host::current = thread;
}

void disable_preemption() {
    ++host::preemption_off;
}

void enable_preemption() {
    --host::preemption_off;
}

void enable_preemption_quietly() {
    --host::preemption_off;
}

u32 preemption_depth() {
    return host::preemption_off;
}

void reset_preemption(u32 depth) {
    host::preemption_off = depth;
}

void request_reschedule() {
    host::reschedule = true;
}

bool reschedule_requested() {
    return host::reschedule;
}

void clear_reschedule_request() {
    host::reschedule = false;
}

void send_reschedule(usize) {}

bool in_interrupt() {
    return false;
}

void relax() {
    sched_yield();
}

void wait_for_interrupt() {
    host::interrupts = true;
    sched_yield();
}

void start_cpus() {}

CpuDescription describe_cpu() {
    return {.vendor = "HostMachine",
            .brand = "host",
            .family = 6,
            .model = 1,
            .stepping = 0,
            .khz = 1'000'000};
}

bool interrupts_enabled() {
    return host::interrupts;
}

void disable_interrupts() {
    host::interrupts = false;
}

void enable_interrupts() {
    host::interrupts = true;
}

Nanoseconds now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return Nanoseconds::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

void arm_timer(Nanoseconds) {}

Nanoseconds boot_wall_time() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return Nanoseconds::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec) - now();
}

u64 cycle_count() {
    return static_cast<u64>(now().count());
}

} // namespace arch
