// Locking run queues, this CPU's timer, and moving threads between CPUs.
#include "kernel/task/run_queue.hpp"

#include "kernel/arch/api/timer.hpp"

#include <algorithm>

namespace task {

ThreadQueueLock::ThreadQueueLock(Scheduling const& scheduling) {
    for (;;) {
        u32 const cpu = scheduling.cpu.load();
        queue_ = &run_queues[cpu];
        queue_->lock.acquire(ksync::this_owner());
        if (scheduling.cpu.load() == cpu)
            return;
        queue_->lock.release(); // it moved meanwhile
    }
}

void ThreadQueueLock::release() {
    queue_->lock.release();
    if (tell_)
        arch::send_reschedule(static_cast<usize>(queue_ - run_queues));
}

void ThreadQueueLock::move_to(Scheduling& scheduling, usize cpu) {
    if (queue_ == &run_queues[cpu])
        return;
    scheduling.cpu.store(static_cast<u32>(cpu));
    queue_->lock.release();
    queue_ = &run_queues[cpu];
    queue_->lock.acquire(ksync::this_owner());
}

usize online_cpus() {
    usize count = 0;
    usize const started = arch::cpu_count();
    while (count < started && run_queues[count].online.load(MemoryOrder::acquire))
        ++count;
    return std::max<usize>(count, 1);
}

void program_timer(RunQueue& queue, Nanoseconds now) {
    Nanoseconds const wanted = std::min(queue.slice_end, next_timer_due());
    // One that is armed for earlier may stay: it fires in vain and is armed anew.
    if (wanted >= queue.programmed && queue.programmed > now)
        return;
    arch::arm_timer(wanted);
    queue.programmed = wanted;
}

bool pull_thread(RunQueue& queue) {
    usize const self = static_cast<usize>(&queue - run_queues);
    usize const cpus = online_cpus();
    if (cpus == 1)
        return false;
    usize const from = busiest(self, cpus, load_of);
    return from != cpus && take_thread(queue, from, evens_out);
}

bool take_thread(RunQueue& queue, usize from, MayMove may_move) {
    usize const self = static_cast<usize>(&queue - run_queues);
    RunQueue& other = run_queues[from];
    // Two CPUs may pull from each other at once: neither waits.
    if (from == self || !other.lock.try_acquire(ksync::this_owner()))
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

void offer_waiting(RunQueue& queue, usize self, Nanoseconds now) {
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
        run_queues[cpu].pull_from.store(static_cast<u32>(self) + 1, MemoryOrder::relaxed);
        arch::send_reschedule(cpu);
        return;
    }
}

void end_slice(RunQueue& queue, Nanoseconds now) {
    charge_running(queue, now);
    if (now >= queue.next_balance) {
        queue.next_balance = now + balance_interval;
        pull_thread(queue);
        offer_waiting(queue, arch::cpu_index(), now);
    }
    if (queue.fair.pick() != queue.fair.running())
        arch::request_reschedule();
    queue.slice_end = queue.fair.size() > 1 ? now + queue.fair.time_left() : Nanoseconds::never();
}

} // namespace task
