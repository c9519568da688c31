// Switching threads: block, wake, preempt, yield, stop.
//
//   fresh --start--> runnable <--wake-- sleeping, uninterruptible, stopped
//                       | \----prepare_to_block + block----^
//                       \--exit--> dead --switched away--> buried
//
// A thread that prepares to block stays in its queue until block() takes it out; until then a
// wake() only sets it back to runnable. Being preempted in between changes nothing.
#include "kernel/task/scheduler.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/task/run_queue.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

namespace task {

constinit RunQueue run_queues[arch::max_cpus];

namespace {

enum class Leave : u8 { preempted, by_itself };

bool is_blocked(State state) {
    return state == State::sleeping || state == State::uninterruptible;
}

/// What becomes of the thread that left this CPU.
enum class Leaver : u8 { stays, displaced, dead };

/// After a switch, on the new thread's stack: releases the lock that the old one took.
VITAL void finish_switch() noexcept {
    Thread* previous = nullptr;
    // The lock stays held until the last instruction.
    auto const left = retry_after_bug([&] {
        RunQueue& queue = this_run_queue(); // not the one this thread left from
        previous = queue.previous;
        Scheduling& scheduling = previous->scheduling();
        auto const how = scheduling.state.load() == State::dead ? Leaver::dead
                         : queue.displaced                      ? Leaver::displaced
                                                                : Leaver::stays;
        if (how == Leaver::displaced)
            scheduling.cpu.store(
                static_cast<u32>(place_woken(scheduling.affinity, arch::cpu_index(),
                                             arch::cpu_index(), online_cpus(), load_of)));
        queue.lock.release();
        return how;
    });
    if (left == Leaver::stays) [[likely]]
        return;
    if (left == Leaver::displaced) {
        with_queue_of(previous->scheduling(),
                      [&](ThreadQueueLock& lock) { lock.enqueue(*previous); });
    } else {
        retry_after_bug([&] { previous->died(); });
        bury(*previous);
    }
}

void enter_address_space(Thread& next) {
    mem::AddressSpace* const space = next.address_space();
    if (space == mem::AddressSpace::active())
        return;
    if (space != nullptr)
        space->activate();
    else
        mem::AddressSpace::deactivate();
}

/// Takes the running thread out of the queue if it does not go on competing here.
void leave_queue(RunQueue& queue, Thread& self, Leave how) {
    Scheduling& mine = self.scheduling();
    State const state = mine.state.load();
    if (how == Leave::by_itself && state != State::runnable) {
        if (mine.entity.queued)
            queue.fair.dequeue(mine.entity);
        if (state == State::uninterruptible)
            count_blocked(mine, true);
    } else if (state == State::runnable && !mine.affinity.test(arch::cpu_index())) {
        if (mine.entity.queued)
            queue.fair.dequeue(mine.entity);
        queue.displaced = true;
    }
}

/// With this CPU's queue locked: decides who is to run. Until commit_switch() the running thread
/// stays what the queue calls its current one.
Thread& choose_next(RunQueue& queue, Leave how, Nanoseconds now) {
    arch::clear_reschedule_request();
    Thread& self = *queue.current;
    charge_running(queue, now);
    queue.displaced = false;
    if (&self != queue.idle)
        leave_queue(queue, self, how);
    if (u32 const asks = queue.pull_from.load(MemoryOrder::relaxed); asks != 0) {
        queue.pull_from.store(0, MemoryOrder::relaxed);
        if (take_thread(queue, asks - 1, evens_out_or_takes_turns))
            queue.next_rotation = now + rotation_interval; // let it stay for a while
    }
    if (queue.fair.size() == 0)
        pull_thread(queue);
    FairEntity* const best = queue.fair.pick();
    queue.fair.run(best);
    queue.publish_load();
    queue.slice_end = queue.fair.size() > 1 ? now + queue.fair.time_left() : Nanoseconds::never();
    program_timer(queue, now);
    return best != nullptr ? *Scheduling::of(*best).thread : *queue.idle;
}

void count_switch(RunQueue& queue, Scheduling& leaves, Scheduling& comes, Leave how,
                  Nanoseconds now) {
    sample_load(now);
    queue.switches.fetch_add(1, MemoryOrder::relaxed);
    if (how == Leave::by_itself)
        ++leaves.voluntary_switches;
    else
        ++leaves.involuntary_switches;
    count_user_time(queue, leaves, comes, now);
    comes.since = now;
    comes.user_since.store(now, MemoryOrder::relaxed);
}

/// The switch itself: nothing but stores of what was decided, which may be repeated.
void commit_switch(RunQueue& queue, Thread& self, Thread& next) {
    queue.current = &next;
    queue.previous = &self;
    if (&next == queue.idle)
        note_active();
    enter_address_space(next);
    arch::set_current_thread(static_cast<ksync::Sleeper*>(&next));
    arch::switch_context(self.context(), next.context());
}

/// Gives the CPU to whoever should have it. Interrupts off, preemption disabled once.
VITAL void switch_threads(Leave how) noexcept {
    RunQueue& queue = this_run_queue();
    Thread& self = running_thread();
    Thread* const next = retry_after_bug(
        [&]() -> Thread* {
            queue.lock.acquire(ksync::this_owner());
            Nanoseconds const now = arch::now();
            Thread& chosen = choose_next(queue, how, now);
            if (&chosen == &self) {
                queue.lock.release();
                return nullptr;
            }
            count_switch(queue, self.scheduling(), chosen.scheduling(), how, now);
            return &chosen;
        },
        mend_queues);
    if (next == nullptr)
        return;
    retry_after_bug([&] { commit_switch(queue, self, *next); });
    finish_switch();
}

VITAL void switch_with_interrupts_off(Leave how) noexcept {
    arch::InterruptsOff const off;
    arch::disable_preemption();
    retry_after_bug([] {
        auto& rounds = this_run_queue().rounds;
        rounds.store(rounds.load(MemoryOrder::relaxed) + 1, MemoryOrder::relaxed);
    });
    switch_threads(how);
    arch::enable_preemption_quietly();
}

/// Makes a thread in one of the states that `expected` accepts ready to run.
template <class Expected>
VITAL bool make_ready(Thread& thread, Expected expected) noexcept {
    Scheduling& scheduling = thread.scheduling();
    return with_queue_of(scheduling, [&](ThreadQueueLock& lock) {
        // While it changes queues, somebody else may wake it.
        while (expected(scheduling.state.load()) && !scheduling.entity.queued) {
            usize const target =
                place_woken(scheduling.affinity, scheduling.cpu.load(MemoryOrder::relaxed),
                            arch::cpu_index(), online_cpus(), load_of);
            if (&run_queues[target] != &lock.queue()) {
                lock.move_to(scheduling, target);
                if (!scheduling.affinity.test(target) || scheduling.entity.queued ||
                    !expected(scheduling.state.load()))
                    continue;
            }
            if (scheduling.in_load)
                count_blocked(scheduling, false);
            lock.enqueue(thread);
            break;
        }
        if (!expected(scheduling.state.load()))
            return false;
        scheduling.state.store(State::runnable); // if it was queued: on its way to block()
        return true;
    });
}

} // namespace

void ThreadQueueLock::enqueue(Thread& thread) {
    RunQueue& queue = *queue_;
    Nanoseconds const now = arch::now();
    charge_running(queue, now);
    if (!thread.scheduling().entity.queued)
        queue.fair.enqueue(thread.scheduling().entity);
    queue.publish_load();
    usize const cpu = static_cast<usize>(&queue - run_queues);
    bool const here = cpu == arch::cpu_index();
    bool const preempt = queue.fair.pick() != queue.fair.running();
    if (!preempt && queue.slice_end == Nanoseconds::never()) {
        queue.slice_end = now + queue.fair.time_left(); // it ran alone and must share from now on
        if (here)
            program_timer(queue, now);
    } else if (!preempt) {
        return;
    }
    if (!here)
        tell_cpu();
    else if (preempt)
        arch::request_reschedule();
}

void charge_running(RunQueue& queue, Nanoseconds now) {
    Thread& running = *queue.current;
    Scheduling& scheduling = running.scheduling();
    Nanoseconds const ran = now - scheduling.since;
    if (ran.count() <= 0)
        return;
    scheduling.since = now;
    scheduling.ran += ran;
    if (&running == queue.idle) {
        queue.idle_time += ran;
        return;
    }
    queue.fair.charge(ran);
    queue.busy_time += ran;
}

void yield() {
    {
        arch::InterruptsOff const off;
        arch::disable_preemption();
        retry_after_bug(
            [] {
                RunQueue& queue = this_run_queue();
                queue.lock.acquire(ksync::this_owner());
                charge_running(queue, arch::now());
                queue.fair.yield();
                queue.lock.release();
            },
            mend_queues);
        arch::enable_preemption_quietly();
    }
    if (arch::preemption_depth() == 0)
        switch_with_interrupts_off(Leave::by_itself);
}

void kick(Thread& thread) {
    Scheduling& scheduling = thread.scheduling();
    bool const woken = make_ready(thread, [&](State state) {
        return state == State::sleeping ||
               (state == State::uninterruptible &&
                scheduling.wait.load(MemoryOrder::relaxed) == ksync::Wait::killable);
    });
    if (woken)
        return;
    with_queue_of(scheduling, [&](ThreadQueueLock& lock) {
        usize const cpu = scheduling.cpu.load(MemoryOrder::relaxed);
        if (lock.queue().current == &thread && cpu != arch::cpu_index())
            lock.tell_cpu(); // on the way out of the interrupt it looks for signals
    });
}

void stop_current() {
    ksync::check_may_sleep();
    Scheduling& mine = Thread::current().scheduling();
    bool const stop = with_queue_of(mine, [&](ThreadQueueLock&) {
        if (mine.resume_pending) {
            mine.resume_pending = false;
            return false;
        }
        mine.state.store(State::stopped);
        return true;
    });
    if (!stop)
        return;
    switch_with_interrupts_off(Leave::by_itself);
}

void resume(Thread& thread) {
    if (make_ready(thread, [](State state) { return state == State::stopped; }))
        return;
    Scheduling& scheduling = thread.scheduling();
    bool const stopped_meanwhile = with_queue_of(scheduling, [&](ThreadQueueLock&) {
        bool const stopped = scheduling.state.load() == State::stopped;
        if (!stopped)
            scheduling.resume_pending = true;
        return stopped;
    });
    if (stopped_meanwhile)
        make_ready(thread, [](State state) { return state == State::stopped; });
}

VITAL void leave_for_good() {
    arch::disable_interrupts(); // preempted while dead, it would be buried and still be queued
    arch::disable_preemption();
    Scheduling& mine = running_thread().scheduling();
    // With the lock, or a late waker could make it runnable again.
    with_queue_of(mine, [&](ThreadQueueLock&) { mine.state.store(State::dead); });
    switch_threads(Leave::by_itself);
    __builtin_unreachable(); // nobody switches to a dead thread
}

void forget_resume() {
    Scheduling& mine = Thread::current().scheduling();
    with_queue_of(mine, [&](ThreadQueueLock&) { mine.resume_pending = false; });
}

} // namespace task

namespace ksync {

using task::Leave;
using task::State;
using task::Thread;

Sleeper& current_sleeper() {
    return Thread::current();
}

VITAL void prepare_to_block(Wait how) {
    retry_after_bug([how] {
        task::Scheduling& mine = task::running_thread().scheduling();
        mine.wait.store(how, MemoryOrder::relaxed);
        // Orders this store before the caller's look at its condition.
        mine.state.exchange(how == Wait::interruptible ? State::sleeping : State::uninterruptible);
    });
}

VITAL void cancel_block() {
    retry_after_bug([] { task::running_thread().scheduling().state.store(State::runnable); });
}

void block(Nanoseconds deadline) {
    check_may_sleep();
    ensure(arch::preemption_depth() == 0, "a thread sleeps with preemption off");
    if (deadline == Nanoseconds::never()) {
        task::switch_with_interrupts_off(Leave::by_itself);
        return;
    }
    task::Timer timer([](void* sleeper) { wake(*static_cast<Sleeper*>(sleeper)); },
                      &current_sleeper());
    timer.arm(deadline);
    task::switch_with_interrupts_off(Leave::by_itself);
}

VITAL bool wake(Sleeper& sleeper) {
    return task::make_ready(static_cast<Thread&>(sleeper), task::is_blocked);
}

bool wait_interrupted(Wait how) {
    return how != Wait::uninterruptible && Thread::current().interrupted(how);
}

} // namespace ksync

VITAL void upcall::reschedule() noexcept {
    if (arch::current_thread() == nullptr) {
        arch::clear_reschedule_request();
        return;
    }
    task::wake_log_waiters();
    do {
        task::switch_with_interrupts_off(task::Leave::preempted);
    } while (arch::reschedule_requested());
}

VITAL void upcall::thread_started() noexcept {
    task::finish_switch();
    arch::enable_interrupts();
    arch::enable_preemption();
}

VITAL void upcall::timer_expired() noexcept {
    if (arch::current_thread() == nullptr)
        return;
    Nanoseconds const now = arch::now();
    // Whatever happens until then, the end arms the timer.
    retry_after_bug([] { task::this_run_queue().programmed = Nanoseconds::never(); });
    task::run_due_timers(now);
    retry_after_bug(
        [now] {
            task::RunQueue& queue = task::this_run_queue();
            queue.lock.acquire(ksync::this_owner());
            if (queue.slice_end <= now)
                task::end_slice(queue, now);
            task::program_timer(queue, now);
            queue.lock.release();
        },
        task::mend_queues);
}
