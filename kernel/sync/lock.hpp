// The three kinds of lock. Use them through Locked<T>.
#pragma once

#include "kernel/sync/rank.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/types.hpp"

namespace ksync {

/// Thrown by lock() on a poisoned lock; the places of containment turn it into EIO.
struct Poisoned {
    char const* lock;
};

enum class Poison { refuse, accept };

/// What all locks share: rank, poison, and the registry of locks that a thread holds.
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

/// One held lock in its thread's registry; a member of the guard, so it lives on the holder's
/// stack.
struct HeldLock {
    HeldLock* next = nullptr;
    LockBase* lock = nullptr;
    u32 bugs_at_entry = 0;
};

/// Spins with preemption off. Never held while sleeping or copying from user memory.
class SpinLock : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(SpinLock& lock, Poison poison);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        SpinLock& lock_;
        HeldLock held_;
        bool active_ = true;
    };

private:
    void acquire();
    void release() noexcept;
    Atomic<u32> next_{0}; ///< ticket to draw
    Atomic<u32> serving_{0};
};

/// As SpinLock, with interrupts off: for data that interrupt handlers use.
class IrqLock : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(IrqLock& lock, Poison poison);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        IrqLock& lock_;
        HeldLock held_;
        bool interrupts_were_on_;
        bool active_ = true;
    };

private:
    void acquire();
    void release() noexcept;
    Atomic<u32> next_{0};
    Atomic<u32> serving_{0};
};

/// Sleeps while another thread holds it.
class Mutex : public LockBase {
public:
    using LockBase::LockBase;

    class Hold {
    public:
        Hold(Mutex& lock, Poison poison);
        void end() noexcept;
        void suspend();
        void resume();

    private:
        Mutex& lock_;
        HeldLock held_;
        bool active_ = true;
    };

private:
    void acquire();
    void release() noexcept;
    struct Node;
    Atomic<u32> word_{0}; ///< 0 free, 1 held, 2 held with waiters
    Node* first_ = nullptr;
    Node* last_ = nullptr;
    Atomic<u32> queue_lock_{0};
};

} // namespace ksync
