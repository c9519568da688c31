// Locked<T>: owns a T and the lock that protects it; the only way to the T is a guard.
#pragma once

#include "kernel/sync/lock.hpp"
#include "kernel/sync/rank.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/owned.hpp"

#include <compare>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace ksync {

/// A value that is put right after a bug unwound its holder, under the lock: `true` when it is
/// sound again, so that the lock need not be poisoned. It may be in any state between two
/// instructions of a change. How: from what the value can be computed from anew, or by an UndoLog
/// inside.
template <class T>
concept Recovers = requires(T& value) {
    { value.recover() } -> std::same_as<bool>;
};

/// A value that wants to know when a critical section begins: an UndoLog starts anew.
template <class T>
concept BeginsSections = requires(T& value) { value.begin_section(); };

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
        Guard(Locked& owner, Poison poison, Nesting nesting = Nesting::alone)
            : owner_(&owner), hold_(owner.lock_, {rank, after_bug, poison, nesting}) {
            if constexpr (Recovers<T>)
                hold_.recovers_by(&recover);
            begin();
        }

        Guard(Guard const&) = delete;
        Guard& operator=(Guard const&) = delete;

        /// Poisons when a KernelBug unwinds through: the value may be half-changed.
        ~Guard() { hold_.end(); }

        T* operator->() const LIFETIME_BOUND { return &owner_->value_; }

        T& operator*() const LIFETIME_BOUND { return owner_->value_; }

        /// For WaitQueue: released while the thread sleeps. The value may be different afterwards.
        void unlock() { hold_.suspend(); }

        void relock() {
            hold_.resume();
            begin();
        }

    private:
        void begin() {
            if constexpr (BeginsSections<T>) // a bug in it must not take back an earlier section
                owned::again([this] { owner_->value_.begin_section(); });
        }

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
    static constexpr AfterBug after_bug = Recovers<T> ? AfterBug::recover : AfterBug::poison;

    static bool recover(LockBase& lock) {
        // Safe because only guards of this type name this function, with their own lock.
        return reinterpret_cast<Locked&>(static_cast<Lock&>(lock)).value_.recover();
    }

    Lock lock_; // first, see recover()
    T value_;
};

/// Guards of two locks of one rank; the same lock twice is taken once.
template <class Lockable>
class [[nodiscard]] PairGuard {
public:
    PairGuard(Lockable& a, Lockable& b, Poison poison) : lower_(below(b, a) ? b : a, poison) {
        if (&a != &b)
            upper_.emplace(below(b, a) ? a : b, poison, Nesting::second_of_pair);
        first_ = &a == &b || below(a, b) ? &*lower_ : &**upper_;
        second_ = &a == &b || below(b, a) ? &*lower_ : &**upper_;
    }

    auto& first() const LIFETIME_BOUND { return *first_; }

    auto& second() const LIFETIME_BOUND { return *second_; }

    /// The one of the lock that was taken last, and is the first to recover after a bug.
    auto& last() const LIFETIME_BOUND { return upper_ ? **upper_ : *lower_; }

private:
    using Value = std::remove_reference_t<decltype(*std::declval<typename Lockable::Guard>())>;

    static bool below(Lockable& a, Lockable& b) {
        return std::is_lt(std::compare_three_way()(&a, &b));
    }

    typename Lockable::Guard lower_;
    std::optional<typename Lockable::Guard> upper_;
    Value* first_ = nullptr;
    Value* second_ = nullptr;
};

/// Takes two locks of one rank, in the order of their addresses.
template <class T, Rank rank, class Lock>
PairGuard<Locked<T, rank, Lock>> lock_pair(Locked<T, rank, Lock>& a, Locked<T, rank, Lock>& b) {
    return PairGuard<Locked<T, rank, Lock>>(a, b, Poison::refuse);
}

template <class T, Rank rank>
using SpinLocked = Locked<T, rank, SpinLock>;
template <class T, Rank rank>
using IrqLocked = Locked<T, rank, IrqLock>;
template <class T, Rank rank>
using SleepLocked = Locked<T, rank, Mutex>;

} // namespace ksync
