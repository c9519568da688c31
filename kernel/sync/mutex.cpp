// Mutex: one atomic operation when free, a queue of sleepers when not.
//
// A released mutex may be taken by whoever comes first, which avoids a context switch per critical
// section; a waiter that found it taken again asks for a handover, so nobody starves.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/sync/blocking.hpp"
#include "kernel/sync/hold.hpp"
#include "kernel/sync/lock.hpp"
#include "libs/base/bug.hpp"

namespace ksync {

struct Mutex::Waiter {
    Sleeper* who;
    Waiter* previous = nullptr;
    Waiter* next = nullptr;
    bool wants_handover = false;
    bool owns = false;
};

namespace {

constexpr int spins = 100; ///< about the length of a short critical section

/// The queue's lock, with preemption off.
class QueueGuard {
public:
    explicit QueueGuard(RawSpinLock& lock) : lock_(lock) {
        arch::disable_preemption();
        lock_.acquire();
    }

    QueueGuard(QueueGuard const&) = delete;
    QueueGuard& operator=(QueueGuard const&) = delete;

    ~QueueGuard() {
        lock_.release();
        arch::enable_preemption();
    }

private:
    RawSpinLock& lock_;
};

} // namespace

void Mutex::append(Waiter& waiter) {
    waiter.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &waiter;
    last_ = &waiter;
}

void Mutex::unlink(Waiter& waiter) {
    (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
    (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
}

/// Only worth it while the holder may be running on another CPU.
bool Mutex::spin_briefly() {
    if (arch::cpu_count() == 1)
        return false;
    for (int i = 0; i < spins; ++i) {
        u32 seen = word_.load(std::memory_order_relaxed);
        if (seen == 0 && word_.compare_exchange(seen, held_bit, std::memory_order_acquire))
            return true;
        if ((seen & waiters_bit) != 0)
            return false;
        arch::relax();
    }
    return false;
}

/// With the queue locked. True when `self` has the mutex and is out of the queue.
bool Mutex::try_as_waiter(Waiter& self) {
    if (self.owns)
        return true;
    // While waiters_bit is set only a locker's compare-exchange races with us.
    u32 const seen = word_.fetch_or(held_bit | waiters_bit, std::memory_order_acquire);
    if ((seen & held_bit) != 0)
        return false;
    unlink(self);
    if (first_ == nullptr)
        word_.store(held_bit, std::memory_order_relaxed);
    return true;
}

inline bool Mutex::try_take(HeldLock&) {
    u32 seen = 0;
    return word_.compare_exchange(seen, held_bit, std::memory_order_acquire);
}

void Mutex::take(HeldLock&) {
    // With waiters queued, a free mutex still belongs to whoever comes first.
    u32 seen = word_.load(std::memory_order_relaxed) & waiters_bit;
    if (word_.compare_exchange(seen, seen | held_bit, std::memory_order_acquire) || spin_briefly())
        return;
    ensure(arch::preemption_depth() == 0, "a taken Mutex is wanted with preemption off");
    Waiter self{.who = &current_sleeper()};
    bool queued = false;
    for (;;) {
        {
            QueueGuard const guard(queue_);
            if (!queued)
                append(self);
            else
                self.wants_handover = true;
            queued = true;
            if (try_as_waiter(self)) {
                cancel_block();
                return;
            }
            prepare_to_block(Wait::uninterruptible);
        }
        block();
    }
}

void Mutex::release(HeldLock const&) noexcept {
    u32 seen = held_bit;
    if (!word_.compare_exchange(seen, 0, std::memory_order_release)) [[unlikely]]
        release_slowly();
}

void Mutex::release_slowly() noexcept {
    QueueGuard const guard(queue_);
    Waiter* const next = first_;
    if (next == nullptr) {
        word_.store(0, std::memory_order_release);
        return;
    }
    if (next->wants_handover) {
        unlink(*next);
        next->owns = true;
        if (first_ == nullptr)
            word_.store(held_bit, std::memory_order_release);
    } else {
        word_.fetch_and(~held_bit, std::memory_order_release);
    }
    wake(*next->who); // under the queue's lock: after it, the waiter may be gone
}

template class Hold<Mutex>;

} // namespace ksync
