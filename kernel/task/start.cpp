// Each CPU's first steps into the scheduler, and its idle loop.
#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/bug.hpp"

namespace task {

namespace {

/// The context in which a CPU booted; it is in no queue and runs when nothing else is ready.
class IdleThread final : public Thread {
public:
    IdleThread() : Thread("idle", mem::KernelStack(), nullptr) {}
};

} // namespace

void initialise_this_cpu() {
    usize const cpu = arch::cpu_index();
    RunQueue& queue = run_queues[cpu];
    ensure(queue.current == nullptr, "a CPU initialises its scheduler twice");
    Thread* const idle = new IdleThread;
    idle->scheduling().state.store(State::runnable);
    idle->scheduling().since = arch::now();
    {
        arch::InterruptsOff const off;
        queue.idle = queue.current = idle;
        queue.slice_end = queue.programmed = Nanoseconds::never();
        arch::set_current_thread(static_cast<ksync::Sleeper*>(idle));
        queue.online.store(true, MemoryOrder::release);
    }
    if (cpu == 0) {
        attach_to_log();
        start_worker();
    }
}

void idle() {
    arch::reset_preemption(0);
    for (;;)
        run_others_or_wait();
}

void run_others_or_wait() {
    arch::disable_interrupts();
    bool const ready = arch::reschedule_requested() ||
                       retry_after_bug([] { return this_run_queue().load().threads != 0; });
    if (ready) {
        upcall::reschedule();
        arch::enable_interrupts();
    } else {
        arch::wait_for_interrupt();
    }
}

} // namespace task
