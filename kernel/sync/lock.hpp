// The three kinds of lock. Use them through Locked<T>.
#pragma once

#include "kernel/sync/held.hpp"
#include "kernel/sync/rank.hpp"
#include "kernel/sync/raw_spin_lock.hpp"
#include "kernel/sync/whole_list.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace ksync {

class LockBase;

/// Thrown by lock() on a poisoned lock; the places of containment turn it into EIO.
struct Poisoned {
    LockBase const* lock;
    Rank rank;
};

/// What all locks share: poison. The rank belongs to the type of the Locked, not to the lock: so a
/// free lock is all zeros, and tables of locks take no room in the kernel's image. Who
/// poisoned which is kept apart, too; see poison.hpp.
class LockBase {
public:
    constexpr LockBase() = default;
    LockBase(LockBase const&) = delete;
    LockBase& operator=(LockBase const&) = delete;

    bool poisoned() const { return poisoned_.load(MemoryOrder::relaxed); }

    /// By the running task. Logs what, who and by which bug.
    void poison(Rank rank) noexcept;

    void clear_poison() { poisoned_.store(false); }

private:
    Atomic<bool> poisoned_{false};
};

/// One acquisition of a lock, as its guard keeps it. The usual case, of a free lock taken in order,
/// is a few instructions; everything else is apart from it.
template <class Lock>
class Hold {
public:
    /// Throws Poisoned when `role` says so.
    Hold(Lock& lock, LockRole role);

    /// For a role that recovers, at once after taking the lock.
    void recovers_by(bool (*recover)(LockBase&)) { held_.recover = recover; }

    /// When a bug came since, has the value recovered, or poisons the lock; does nothing while
    /// suspended.
    void end() noexcept;
    void suspend();
    /// Throws Poisoned when a bug came meanwhile; then it stays suspended.
    void resume();

private:
    bool take_at_once(Lock& lock, Rank rank);
    void take(Nesting nesting);
    void take_slowly();
    void enter_after_bug();
    void check_poison();
    [[noreturn]] void refuse();
    void end_slowly() noexcept;

    Lock& lock_;
    HeldLock held_;
};

/// Spins with preemption off. Never held while sleeping or copying from user memory, never taken
/// by interrupt handlers or under an IrqLock.
class SpinLock : public LockBase {
public:
    using Hold = ksync::Hold<SpinLock>;
    static constexpr LockKind kind = LockKind::spin;

private:
    friend class ksync::Hold<SpinLock>;
    friend void release_abandoned(void const*, void const*) noexcept;
    bool try_take(HeldLock& held);
    void take(HeldLock& held);
    bool open(HeldLock const& held);
    void finish(bool opened);
    void release(HeldLock const& held) noexcept;
    RawSpinLock raw_;
};

/// As SpinLock, with interrupts off: for data that interrupt handlers use.
class IrqLock : public LockBase {
public:
    using Hold = ksync::Hold<IrqLock>;
    static constexpr LockKind kind = LockKind::irq;

private:
    friend class ksync::Hold<IrqLock>;
    friend void release_abandoned(void const*, void const*) noexcept;
    bool try_take(HeldLock& held);
    void take(HeldLock& held);
    bool open(HeldLock const& held);
    void finish(bool opened);
    void release(HeldLock const& held) noexcept;
    RawSpinLock raw_;
};

/// Sleeps while another thread holds it. A thread that was woken in vain once is served next.
class Mutex : public LockBase {
public:
    using Hold = ksync::Hold<Mutex>;
    static constexpr LockKind kind = LockKind::sleeping;

private:
    friend class ksync::Hold<Mutex>;
    friend void release_abandoned(void const*, void const*) noexcept;
    struct Waiter;
    bool try_take(HeldLock& held);
    void take(HeldLock& held);
    bool spin_briefly();
    bool wait_or_take(Waiter& self);
    void leave(Waiter& self) noexcept;
    bool open(HeldLock const& held);
    void finish(bool opened);
    void release(HeldLock const& held) noexcept;
    void release_slowly() noexcept;
    template <class Step>
    auto with_queue(Step const& step);
    void mend();

    static constexpr u32 held_bit = 1;
    static constexpr u32 waiters_bit = 2; ///< waiters are queued, so release() must look
    Atomic<u32> word_{0};

    struct ByLinks {
        static WholeLinks<Waiter>& links(Waiter& waiter);
    };

    WholeList<Waiter, ByLinks> waiters_;
    RawSpinLock queue_; ///< protects the list, and word_ while waiters_bit is set
};

extern template class Hold<SpinLock>;
extern template class Hold<IrqLock>;
extern template class Hold<Mutex>;

} // namespace ksync
