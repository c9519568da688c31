// The machine that tests of the scheduler run on.
#include "kernel/task/host_machine_test.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/mem/frames.hpp"

void upcall::secondary_cpu(usize) {
    task::initialise_this_cpu();
    task::idle();
}

namespace task_test {

namespace {

void boot() {
    static bool const booted = [] {
        mem::initialise_frames();
        host::set_cpu_count(cpus);
        task::initialise_this_cpu();
        arch::start_cpus();
        return true;
    }();
    (void)booted;
}

} // namespace

void on_machine(std::function<void()> body) {
    boot();
    std::atomic<bool> done{false};
    auto work = [&] {
        body();
        done = true;
    };
    auto thread = Thread::create(
        "test", [](void* opaque) { (*static_cast<decltype(work)*>(opaque))(); }, &work);
    ASSERT_TRUE(thread.has_value());
    (*thread)->start();
    while (!done || (*thread)->state() != State::dead)
        run_others_or_wait();
}

} // namespace task_test
