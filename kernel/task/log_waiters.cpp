// Tells the log whose thread runs, and carries the news of a record to those who wait for it.
#include "kernel/task/log_waiters.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/log/log.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/lazy.hpp"

namespace task {
namespace {

constinit Lazy<ksync::WaitQueue> waiters; // made by attach_to_log()
constinit Atomic<bool> news{false};

void describe_current(klog::Task& task) noexcept {
    arch::InterruptsOff const off;
    if (arch::current_thread() != nullptr)
        Thread::current().describe(task);
}

void record_added() noexcept {
    if (waiters->empty() || news.exchange(true))
        return;
    arch::InterruptsOff const off;
    arch::request_reschedule();
    arch::send_reschedule(arch::cpu_index());
}

} // namespace

ksync::WaitQueue& log_waiters() {
    return *waiters;
}

void attach_to_log() noexcept {
    (void)*waiters;
    klog::set_task_source(describe_current);
    klog::set_record_hook(record_added);
}

VITAL void wake_log_waiters() noexcept {
    retry_after_bug([] {
        if (news.load(MemoryOrder::relaxed) && news.exchange(false))
            waiters->wake_all();
    });
}

} // namespace task
