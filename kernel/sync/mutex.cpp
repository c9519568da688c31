// Mutex: one atomic operation when free, a queue of sleepers when not.
//
// A released mutex may be taken by whoever comes first, which avoids a context switch per critical
// section; a waiter that found it taken again asks for a handover, so nobody starves.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/sync/blocking.hpp"
#include "kernel/sync/hold.hpp"
#include "kernel/sync/lock.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/retry.hpp"

#include <type_traits>

namespace ksync {

struct Mutex::Waiter {
    Sleeper* who;
    WholeLinks<Waiter> links;
    bool woken = false; ///< once at least; nobody else's business
    // Under the queue's lock:
    bool wants_handover = false;
    bool owns = false; ///< and is in the queue no more
};

WholeLinks<Mutex::Waiter>& Mutex::ByLinks::links(Waiter& waiter) {
    return waiter.links;
}

namespace {

constexpr int spins = 100; ///< about the length of a short critical section

class PreemptionOff {
public:
    PreemptionOff() { arch::disable_preemption(); }

    PreemptionOff(PreemptionOff const&) = delete;
    PreemptionOff& operator=(PreemptionOff const&) = delete;

    ~PreemptionOff() { arch::enable_preemption(); }
};

} // namespace

/// With the queue locked, and after a bug once more, without having let go of it.
template <class Step>
[[gnu::always_inline]] inline auto Mutex::with_queue(Step const& step) {
    PreemptionOff const off;
    return retry_after_bug(
        [&] {
            if (!queue_.held_by(this_owner()))
                queue_.acquire(this_owner());
            if constexpr (std::is_void_v<decltype(step())>) {
                step();
                queue_.release();
            } else {
                auto const result = step();
                queue_.release();
                return result;
            }
        },
        [&] { mend(); });
}

/// With the queue locked: who waits is what following the list gets to, less who owns the mutex.
[[gnu::noinline]] void Mutex::mend() {
    waiters_.repair();
    for (Waiter* at = waiters_.first(); at != nullptr;) {
        Waiter* const next = waiters_.next(*at);
        if (at->owns)
            waiters_.remove(*at);
        at = next;
    }
    if (waiters_.first() != nullptr)
        word_.fetch_or(waiters_bit);
    else
        word_.fetch_and(~waiters_bit);
}

/// Only worth it while the holder may be running on another CPU.
bool Mutex::spin_briefly() {
    if (arch::cpu_count() == 1)
        return false;
    for (int i = 0; i < spins; ++i) {
        u32 seen = word_.load(MemoryOrder::relaxed);
        if (seen == 0 && word_.compare_exchange(seen, held_bit, MemoryOrder::acquire))
            return true;
        if ((seen & waiters_bit) != 0)
            return false;
        arch::relax();
    }
    return false;
}

/// One round of waiting, with the queue locked. True when `self` has the mutex and is out of the
/// queue; false when it is to sleep.
[[gnu::always_inline]] inline bool Mutex::wait_or_take(Waiter& self) {
    if (!self.owns) {
        waiters_.add(self);
        // While waiters_bit is set only a locker's compare-exchange races with us.
        u32 const seen = word_.fetch_or(held_bit | waiters_bit, MemoryOrder::acquire);
        if ((seen & held_bit) != 0) {
            self.wants_handover = self.woken;
            prepare_to_block(Wait::uninterruptible);
            return false;
        }
        retry_after_bug([&] { self.owns = true; }); // or nobody would know
    }
    if (waiters_.remove(self) && waiters_.first() == nullptr)
        word_.fetch_and(~waiters_bit, MemoryOrder::relaxed);
    cancel_block();
    return true;
}

/// A bug ends the wait.
void Mutex::leave(Waiter& self) noexcept {
    with_queue([&] {
        if (!self.owns && waiters_.remove(self) && waiters_.first() == nullptr)
            word_.fetch_and(~waiters_bit, MemoryOrder::relaxed);
    });
    cancel_block();
    if (self.owns)
        release_slowly();
}

inline bool Mutex::try_take(HeldLock&) {
    u32 seen = 0;
    try {
        return word_.compare_exchange(seen, held_bit, MemoryOrder::acquire);
    } catch (KernelBug const&) { // has been reported; take() tries again
        return false;
    }
}

void Mutex::take(HeldLock&) {
    // With waiters queued, a free mutex still belongs to whoever comes first.
    u32 seen = word_.load(MemoryOrder::relaxed) & waiters_bit;
    if (word_.compare_exchange(seen, seen | held_bit, MemoryOrder::acquire) || spin_briefly())
        return;
    ensure(arch::preemption_depth() == 0, "a taken Mutex is wanted with preemption off");
    Waiter self{.who = &current_sleeper(), .links = {}};
    try {
        while (!with_queue([&] { return wait_or_take(self); })) {
            block();
            self.woken = true;
        }
    } catch (...) {
        leave(self);
        throw;
    }
}

inline bool Mutex::open(HeldLock const&) {
    u32 seen = held_bit;
    return word_.compare_exchange(seen, 0, MemoryOrder::release);
}

inline void Mutex::finish(bool nobody_waits) {
    if (!nobody_waits) [[unlikely]]
        release_slowly();
}

void Mutex::release(HeldLock const& held) noexcept {
    finish(retry_after_bug([&] { return open(held); }));
}

[[gnu::noinline]] void Mutex::release_slowly() noexcept {
    // What is done is done, should there be a bug: whoever comes may have the mutex since.
    bool released = false;
    Sleeper* to_wake = nullptr;
    with_queue([&] {
        Waiter* const next = waiters_.first();
        if (!released && next == nullptr) {
            word_.store(0, MemoryOrder::release);
            released = true;
        } else if (!released) {
            to_wake = next->who;
            if (next->wants_handover)
                next->owns = true;
            else
                word_.fetch_and(~held_bit, MemoryOrder::release);
            released = true;
            if (next->wants_handover && waiters_.remove(*next) && waiters_.first() == nullptr)
                word_.store(held_bit, MemoryOrder::release);
        }
        if (to_wake != nullptr) // under the queue's lock: after it, the waiter may be gone
            wake(*to_wake);
        to_wake = nullptr;
    });
}

template class Hold<Mutex>;

} // namespace ksync
