// Locked<T>: owns a T and the lock that protects it; the only way to the T is a guard.
#pragma once

#include "kernel/sync/lock.hpp"
#include "kernel/sync/rank.hpp"
#include "libs/base/annotations.hpp"

#include <utility>

namespace ksync {

/// `Lock` is SpinLock (preemption off), IrqLock (interrupts off too) or Mutex (sleeps).
template <class T, Rank rank, class Lock>
class Locked {
public:
    template <class... Arguments>
    constexpr explicit Locked(Arguments&&... arguments)
        : value_(std::forward<Arguments>(arguments)...) {}

    Locked(Locked const&) = delete;
    Locked& operator=(Locked const&) = delete;

    class [[nodiscard]] Guard {
    public:
        Guard(Guard const&) = delete;
        Guard& operator=(Guard const&) = delete;

        /// Poisons when a KernelBug unwinds through: the value may be half-changed.
        ~Guard() { hold_.end(); }

        T* operator->() const LIFETIME_BOUND { return &owner_->value_; }

        T& operator*() const LIFETIME_BOUND { return owner_->value_; }

        /// For WaitQueue: released while the thread sleeps. The value may be different afterwards.
        void unlock() { hold_.suspend(); }

        void relock() { hold_.resume(); }

    private:
        friend Locked;

        Guard(Locked& owner, Poison poison) : owner_(&owner), hold_(owner.lock_, poison) {}

        Locked* owner_;
        typename Lock::Hold hold_;
    };

    /// Throws Poisoned when an earlier holder died of a bug.
    Guard lock() { return Guard(*this, Poison::refuse); }

    /// For destructors and for code that can repair the value.
    Guard lock_even_poisoned() { return Guard(*this, Poison::accept); }

    bool poisoned() const { return lock_.poisoned(); }

    /// After the value was rebuilt.
    void clear_poison() { lock_.clear_poison(); }

private:
    Lock lock_{rank};
    T value_;
};

template <class T, Rank rank>
using SpinLocked = Locked<T, rank, SpinLock>;
template <class T, Rank rank>
using IrqLocked = Locked<T, rank, IrqLock>;
template <class T, Rank rank>
using SleepLocked = Locked<T, rank, Mutex>;

} // namespace ksync
