// The three kinds of lock. Use them through Locked<T>.
#pragma once

#include "kernel/sync/held.hpp"
#include "kernel/sync/rank.hpp"
#include "kernel/sync/raw_spin_lock.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace ksync {

/// Thrown by lock() on a poisoned lock; the places of containment turn it into EIO.
struct Poisoned {
    char const* lock; ///< its rank's name
};

enum class Poison { refuse, accept };

/// What all locks share: rank and poison.
class LockBase {
public:
    constexpr explicit LockBase(Rank rank) : rank_(rank) {}

    LockBase(LockBase const&) = delete;
    LockBase& operator=(LockBase const&) = delete;

    Rank rank() const { return rank_; }

    bool poisoned() const { return poisoned_.load(std::memory_order_relaxed); }

    void poison() { poisoned_.store(true); }

    void clear_poison() { poisoned_.store(false); }

private:
    Rank rank_;
    Atomic<bool> poisoned_{false};
};

/// Spins with preemption off. Never held while sleeping or copying from user memory, never taken
/// by interrupt handlers or under an IrqLock.
class SpinLock : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(SpinLock& lock, Poison poison, Nesting nesting = Nesting::alone);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        SpinLock& lock_;
        HeldLock held_;
        bool active_ = true;
    };

private:
    friend void release_abandoned(void const*, void const*) noexcept;
    void acquire(HeldLock& held, Nesting nesting);
    void release() noexcept;
    RawSpinLock raw_;
};

/// As SpinLock, with interrupts off: for data that interrupt handlers use.
class IrqLock : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(IrqLock& lock, Poison poison, Nesting nesting = Nesting::alone);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        IrqLock& lock_;
        HeldLock held_;
        bool active_ = true;
    };

private:
    friend void release_abandoned(void const*, void const*) noexcept;
    void acquire(HeldLock& held, Nesting nesting);
    void release(bool interrupts_were_on) noexcept;
    RawSpinLock raw_;
};

/// Sleeps while another thread holds it. A thread that was woken in vain once is served next.
class Mutex : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(Mutex& lock, Poison poison, Nesting nesting = Nesting::alone);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        Mutex& lock_;
        HeldLock held_;
        bool active_ = true;
    };

private:
    friend void release_abandoned(void const*, void const*) noexcept;
    struct Waiter;
    void acquire(HeldLock& held, Nesting nesting);
    void acquire_slowly();
    bool spin_briefly();
    bool try_as_waiter(Waiter& self);
    void release() noexcept;
    void release_slowly() noexcept;
    void append(Waiter& waiter);
    void unlink(Waiter& waiter);

    static constexpr u32 held_bit = 1;
    static constexpr u32 waiters_bit = 2; ///< waiters are queued, so release() must look
    Atomic<u32> word_{0};
    Waiter* first_ = nullptr;
    Waiter* last_ = nullptr;
    RawSpinLock queue_; ///< protects the list, and word_ while waiters_bit is set
};

} // namespace ksync
