// Locking run queues, this CPU's timer, and moving threads between CPUs.
#include "kernel/task/run_queue.hpp"

#include "kernel/arch/api/timer.hpp"
#include "libs/base/annotations.hpp"

#include <algorithm>

namespace task {

VITAL ThreadQueueLock::ThreadQueueLock(Scheduling const& scheduling) noexcept {
    arch::disable_preemption();
    interrupts_were_on_ = arch::interrupts_enabled();
    arch::disable_interrupts();
    for (;;) {
        u32 const cpu = scheduling.cpu.load();
        queue_ = &run_queues[cpu];
        queue_->lock.acquire();
        if (scheduling.cpu.load() == cpu)
            return;
        queue_->lock.release(); // it moved meanwhile
    }
}

VITAL ThreadQueueLock::~ThreadQueueLock() {
    queue_->lock.release();
    if (interrupts_were_on_)
        arch::enable_interrupts();
    arch::enable_preemption(); // and let a thread that this woke preempt
}

VITAL void ThreadQueueLock::move_to(Scheduling& scheduling, usize cpu) noexcept {
    if (queue_ == &run_queues[cpu])
        return;
    scheduling.cpu.store(static_cast<u32>(cpu));
    queue_->lock.release();
    queue_ = &run_queues[cpu];
    queue_->lock.acquire();
}

VITAL usize online_cpus() noexcept {
    usize count = 0;
    usize const started = arch::cpu_count();
    while (count < started && run_queues[count].online.load(std::memory_order_acquire))
        ++count;
    return std::max<usize>(count, 1);
}

VITAL void program_timer(RunQueue& queue, Nanoseconds now) noexcept {
    Nanoseconds const wanted = std::min(queue.slice_end, next_timer_due());
    // One that is armed for earlier may stay: it fires in vain and is armed anew.
    if (wanted >= queue.programmed && queue.programmed > now)
        return;
    queue.programmed = wanted;
    arch::arm_timer(wanted);
}

VITAL bool pull_thread(RunQueue& queue) noexcept {
    usize const self = static_cast<usize>(&queue - run_queues);
    usize const cpus = online_cpus();
    if (cpus == 1)
        return false;
    usize const from = busiest(self, cpus, load_of);
    return from != cpus && take_thread(queue, from, evens_out);
}

VITAL bool take_thread(RunQueue& queue, usize from, MayMove may_move) noexcept {
    usize const self = static_cast<usize>(&queue - run_queues);
    RunQueue& other = run_queues[from];
    // Two CPUs may pull from each other at once: neither waits.
    if (from == self || !other.lock.try_acquire())
        return false;
    FairEntity* const entity = other.fair.last_waiting([&](FairEntity& waiting) {
        return may_move(waiting.weight, other.fair.weight(), queue.fair.weight()) &&
               Scheduling::of(waiting).affinity.test(self);
    });
    if (entity != nullptr) {
        other.fair.dequeue(*entity);
        other.publish_load();
        Scheduling::of(*entity).cpu.store(static_cast<u32>(self));
        queue.fair.enqueue(*entity);
        queue.publish_load();
    }
    other.lock.release();
    return entity != nullptr;
}

VITAL void offer_waiting(RunQueue& queue, usize self, Nanoseconds now) noexcept {
    u64 const mine = queue.fair.weight();
    usize const cpus = online_cpus();
    MayMove const may_move = now >= queue.next_rotation ? evens_out_or_takes_turns : evens_out;
    for (usize step = 1; step < cpus; ++step) {
        usize const cpu = (self + step) % cpus;
        u64 const others = load_of(cpu).weight;
        if (queue.fair.last_waiting([&](FairEntity& waiting) {
                return may_move(waiting.weight, mine, others) &&
                       Scheduling::of(waiting).affinity.test(cpu);
            }) == nullptr)
            continue;
        queue.next_rotation = now + rotation_interval;
        run_queues[cpu].pull_from.store(static_cast<u32>(self) + 1, std::memory_order_relaxed);
        arch::send_reschedule(cpu);
        return;
    }
}

} // namespace task
