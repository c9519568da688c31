// The worker: a kernel thread that runs deferred work and frees dead threads.
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/containment.hpp"
#include "kernel/task/orphans.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

#include <new>

namespace task {

/// Items are pushed without a lock, taken all at once, and run in the order they came.
struct DeferredQueue {
    Atomic<DeferredWork*> newest{nullptr};

    void push(DeferredWork& item) noexcept {
        DeferredWork* head = newest.load(MemoryOrder::relaxed);
        do {
            item.next_ = head;
        } while (!newest.compare_exchange(head, &item));
    }

    static bool claim(DeferredWork& item) { return !item.queued_.exchange(true); }

    DeferredWork* take_all() noexcept {
        DeferredWork* item = newest.exchange(nullptr);
        DeferredWork* ordered = nullptr;
        while (item != nullptr) {
            DeferredWork* const next = item->next_;
            item->next_ = ordered;
            ordered = item;
            item = next;
        }
        return ordered;
    }

    void run_next();

    DeferredWork* taken = nullptr; ///< the worker's: in the order in which they came
};

namespace {

constinit DeferredQueue deferred;
constinit Atomic<Thread*> dead{nullptr};
constinit Thread* taken_dead = nullptr; ///< the worker's
constinit Atomic<Thread*> worker{nullptr};

constexpr u8 most_failures = 8; ///< of one item, in all
constexpr Nanoseconds retry_pause = Nanoseconds::milliseconds(10);

void wake_worker() noexcept {
    if (Thread* const thread = worker.load())
        ksync::wake(*thread);
}

/// Not inlined: a bug in what is declared to throw nothing leaves the frame that this is in.
[[gnu::noinline]] void release(Thread& thread) {
    thread.release();
}

void free_dead_threads() {
    if (taken_dead == nullptr)
        taken_dead = dead.exchange(nullptr);
    while (Thread* const thread = taken_dead) {
        taken_dead = thread->scheduling().next_dead;
        retry_after_bug([thread] { release(*thread); });
    }
}

/// Whatever a bug leaves undone is still in the lists.
[[gnu::noinline]] void work_or_sleep() {
    look_after_bugs();
    ksync::prepare_to_block(ksync::Wait::interruptible); // idle, not part of the load
    if (deferred.taken == nullptr)
        deferred.taken = deferred.take_all();
    if (deferred.taken == nullptr && taken_dead == nullptr && dead.load() == nullptr) {
        ksync::block();
        return;
    }
    ksync::cancel_block();
    free_dead_threads();
    while (deferred.taken != nullptr)
        deferred.run_next();
}

/// Never ends: everybody needs it.
void work(void*) {
    for (;;) {
        try {
            work_or_sleep();
        } catch (KernelBug const& bug) {
            klog::error("the worker goes on: {}", bug.what);
            recover(0);
        }
    }
}

} // namespace

/// A place of containment.
void DeferredQueue::run_next() {
    DeferredWork& item = *taken;
    auto const function = item.work_;
    void* const context = item.context_;
    taken = item.next_;
    item.queued_.store(false); // it may schedule itself again, or free itself
    try {
        function(context);
        return;
    } catch (std::bad_alloc const&) {
        // Later there may be memory: throwing work has changed nothing yet.
    } catch (KernelBug const& bug) {
        klog::error("deferred work fails: {}", bug.what);
        recover(0);
        if (++item.failures_ == most_failures)
            return;
        // What it had in hand is lost; what it has not seen would wait for the next event.
    } catch (ksync::Poisoned const& poisoned) {
        klog::error("deferred work ends: {lock}", ksync::PoisonText(poisoned).view());
        return;
    }
    if (claim(item))
        push(item);
    (void)sleep_until(arch::now() + retry_pause, ksync::Wait::uninterruptible);
}

void DeferredWork::schedule() {
    if (!DeferredQueue::claim(*this))
        return;
    deferred.push(*this);
    wake_worker();
}

VITAL void bury(Thread& thread) noexcept {
    retry_after_bug([&] {
        Thread* head = dead.load(MemoryOrder::relaxed);
        do {
            thread.scheduling().next_dead = head;
        } while (!dead.compare_exchange(head, &thread));
    });
    wake_worker();
}

void start_worker() {
    auto thread = Thread::create("worker", work, nullptr);
    ensure(thread.has_value(), "no memory for the worker");
    worker.store(thread->raw());
    (*thread)->start();
    (void)thread->leak(); // it never ends
}

} // namespace task
