// The worker: a kernel thread that runs deferred work and frees dead threads.
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/containment.hpp"
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
        DeferredWork* head = newest.load(std::memory_order_relaxed);
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

    static DeferredWork* next(DeferredWork& item) { return item.next_; }

    void run(DeferredWork& item);
};

namespace {

constinit DeferredQueue deferred;
constinit Atomic<Thread*> dead{nullptr};
constinit Atomic<Thread*> worker{nullptr};

constexpr Nanoseconds retry_pause = Nanoseconds::milliseconds(10);

void wake_worker() noexcept {
    if (Thread* const thread = worker.load())
        ksync::wake(*thread);
}

void free_dead_threads() {
    Thread* thread = dead.exchange(nullptr);
    while (thread != nullptr) {
        Thread* const next = thread->scheduling().next_dead;
        thread->release();
        thread = next;
    }
}

void work(void*) {
    for (;;) {
        ksync::prepare_to_block(ksync::Wait::interruptible); // idle, not part of the load
        DeferredWork* item = deferred.take_all();
        bool const something = item != nullptr || dead.load() != nullptr;
        if (!something) {
            ksync::block();
            continue;
        }
        ksync::cancel_block();
        free_dead_threads();
        while (item != nullptr) {
            DeferredWork* const next = DeferredQueue::next(*item);
            deferred.run(*item);
            item = next;
        }
    }
}

} // namespace

/// A place of containment.
void DeferredQueue::run(DeferredWork& item) {
    auto const function = item.work_;
    void* const context = item.context_;
    item.queued_.store(false); // it may schedule itself again, or free itself
    try {
        function(context);
        return;
    } catch (std::bad_alloc const&) {
        // Later there may be memory: throwing work has changed nothing yet.
    } catch (KernelBug const& bug) {
        klog::error("deferred work ends: {}", bug.what);
        recover(0);
        return;
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
    Thread* head = dead.load(std::memory_order_relaxed);
    do {
        thread.scheduling().next_dead = head;
    } while (!dead.compare_exchange(head, &thread));
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
