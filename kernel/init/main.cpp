// Boot order, as one page of prose.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/init/tests.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/task/scheduler.hpp"

namespace {

/// The first kernel thread: everything that may sleep.
void start_system(void*) {
    arch::start_cpus();
    klog::info("{} CPUs", arch::cpu_count());
    init::run_tests_if_asked();
    arch::exit_emulator(0x10);
    arch::power_off();
}

} // namespace

void upcall::kernel_main() {
    klog::info("Linnet");
    mem::initialise_frames();
    arch::initialise_platform();
    task::initialise_this_cpu();
    auto const first = task::Thread::create("start", start_system, nullptr);
    ensure(first.has_value(), "no memory for the first thread");
    (*first)->start();
    task::idle();
}

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::idle();
}
