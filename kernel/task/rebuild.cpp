// What the scheduler is rebuilt from after a bug of its own: the list of threads, and what each
// says.
//
// A thread belongs to the queue that its `cpu` names, and is in it if its entity says `queued`. Who
// is ready to run and in no queue was on its way from one to another: it joins the one it belongs
// to, and whoever carried it finds it there; its place follows from the others', which come first.
// Everything else is computed anew.
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/task/run_queue.hpp"
#include "libs/base/annotations.hpp"

namespace task {

constinit ThreadList thread_list;

namespace {

VITAL void mend_list() noexcept {
    if (!thread_list.lock.held_by(ksync::this_owner()))
        return;
    thread_list.list.repair();
    thread_list.lock.release();
}

VITAL bool is_ready(RunQueue const& queue, Scheduling const& scheduling) {
    return scheduling.entity.queued ||
           (scheduling.state.load() == State::runnable && scheduling.thread != queue.idle);
}

/// With the queue locked.
VITAL void rebuild(RunQueue& queue, usize cpu) noexcept {
    queue.fair.clear();
    thread_list.lock.acquire(ksync::this_owner());
    for (bool const on_its_way : {false, true}) {
        for (Scheduling* at = thread_list.list.first(); at != nullptr;
             at = thread_list.list.next(*at)) {
            if (at->cpu.load() != cpu || !is_ready(queue, *at))
                continue;
            bool const runs = at->thread == queue.current;
            bool const has_place = at->entity.queued || runs;
            if (has_place == on_its_way)
                continue;
            if (on_its_way) {
                queue.fair.enqueue(at->entity);
            } else {
                at->entity.queued = true;
                queue.fair.readmit(at->entity, runs);
            }
        }
    }
    thread_list.lock.release();
    queue.publish_load();
    queue.slice_end = Nanoseconds(); // over: who runs competes with all that are there now
    queue.programmed = Nanoseconds::never();
}

} // namespace

VITAL void mend_queues() noexcept {
    arch::disable_interrupts();
    u32 const self = ksync::this_owner();
    mend_list();
    mend_load(self);
    mend_timers(self);
    for (usize cpu = 0; cpu < online_cpus(); ++cpu) {
        RunQueue& queue = run_queues[cpu];
        if (!queue.lock.held_by(self))
            continue;
        rebuild(queue, cpu);
        queue.lock.release();
        if (cpu != arch::cpu_index())
            arch::send_reschedule(cpu);
    }
    arch::request_reschedule(); // a decision may have been lost
}

VITAL void list_thread(Scheduling& scheduling) noexcept {
    QueueSection const section;
    retry_after_bug(
        [&] {
            thread_list.lock.acquire(ksync::this_owner());
            thread_list.list.add(scheduling);
            thread_list.lock.release();
        },
        mend_list);
}

VITAL void unlist_thread(Scheduling& scheduling) noexcept {
    QueueSection const section;
    retry_after_bug(
        [&] {
            thread_list.lock.acquire(ksync::this_owner());
            thread_list.list.remove(scheduling);
            thread_list.lock.release();
        },
        mend_list);
}

} // namespace task
