// How a lock is taken and given back, and enters and leaves its holder's list. Only for the files
// that define the locks: every critical section pays for this, so the usual case makes no call.
//
// Once a lock is taken, or is to be given back, a bug on the way must not end that half-way: what
// is left is done once more.
#pragma once

#include "kernel/sync/held.hpp"
#include "kernel/sync/lock.hpp"
#include "libs/base/retry.hpp"

namespace ksync {

namespace detail {

/// Panics, if orders are checked, when the lock may not be taken now.
void check_order(Rank rank, LockKind kind, Nesting nesting);
/// Takes an entry out of the list, wherever it is.
void take_out(Holder& holder, HeldLock& held);
/// After a bug under the lock, which is still taken: its value is made sound, or it is poisoned.
void mend(HeldLock& held) noexcept;

/// Nothing needs a closer look: a greater rank, and no kind that may not be nested.
inline bool plainly_in_order(Holder const& holder, Rank rank, LockKind kind) {
    if (kind != LockKind::irq && arch::in_interrupt()) [[unlikely]]
        return false;
    HeldLock const* const top = holder.innermost;
    return top == nullptr || (kind >= top->kind && rank > top->role.rank);
}

inline void enter(Holder& holder, HeldLock& held, LockBase& lock, LockKind kind) {
    // Interrupt handlers take no other kind; check_order() has seen to that.
    bool const in_interrupt = kind == LockKind::irq && arch::in_interrupt();
    held.lock = &lock;
    held.bugs_at_entry = runtime::bugs_in_flight(holder.exceptions);
    held.kind = kind;
    held.in_interrupt = in_interrupt;
    held.next = holder.innermost;
    holder.innermost = &held;
}

} // namespace detail

/// The usual case; changes nothing when it is another.
template <class Lock>
[[gnu::always_inline]] inline bool Hold<Lock>::take_at_once(Lock& lock, Rank rank) {
    Holder* const holder = thread_holder();
    if (holder == nullptr || !detail::plainly_in_order(*holder, rank, Lock::kind) ||
        !lock.try_take(held_)) [[unlikely]]
        return false;
    try {
        detail::enter(*holder, held_, lock, Lock::kind);
    } catch (KernelBug const&) { // has been reported
        enter_after_bug();
    }
    return true;
}

template <class Lock>
[[gnu::noinline]] void Hold<Lock>::enter_after_bug() {
    detail::enter(current_holder(), held_, lock_, Lock::kind);
}

template <class Lock>
void Hold<Lock>::take(Nesting nesting) {
    detail::check_order(held_.role.rank, Lock::kind, nesting);
    lock_.take(held_);
    retry_after_bug([&] { detail::enter(current_holder(), held_, lock_, Lock::kind); });
}

template <class Lock>
[[gnu::noinline]] void Hold<Lock>::take_slowly() {
    take(held_.role.nesting);
    check_poison();
}

template <class Lock>
[[gnu::noinline]] void Hold<Lock>::check_poison() {
    if (retry_after_bug([this] { return held_.role.poison == Poison::refuse && lock_.poisoned(); }))
        refuse();
}

template <class Lock>
[[gnu::noinline]] void Hold<Lock>::refuse() {
    suspend();
    throw Poisoned{&lock_, held_.role.rank};
}

// Handlers know nothing but `this`, so that nothing else need be kept in registers that calls save.
template <class Lock>
[[gnu::flatten]] Hold<Lock>::Hold(Lock& lock, LockRole role) : lock_(lock) {
    held_.role = role;
    if (!take_at_once(lock, role.rank)) [[unlikely]] {
        take_slowly();
        return;
    }
    bool poisoned;
    try {
        poisoned = lock_.poisoned();
    } catch (KernelBug const&) {
        poisoned = true; // is looked at once more
    }
    if (poisoned) [[unlikely]]
        check_poison();
}

template <class Lock>
[[gnu::flatten]] void Hold<Lock>::end() noexcept {
    bool left = false;
    bool opened = false;
    Lock* lock = nullptr;
    try {
        Holder* const holder = thread_holder();
        if (holder != nullptr && holder->innermost == &held_ &&
            runtime::bugs_in_flight(holder->exceptions) == 0) [[likely]] {
            lock = &lock_; // now, as from the next line on there is no way back
            holder->innermost = held_.next;
            opened = lock->open(held_);
            left = true;
        }
    } catch (KernelBug const&) { // has been reported; what is left to do is done there
    }
    if (left) [[likely]]
        lock->finish(opened);
    else
        end_slowly();
}

template <class Lock>
[[gnu::noinline]] void Hold<Lock>::end_slowly() noexcept {
    if (held_.lock == nullptr)
        return;
    Holder& holder = current_holder();
    retry_after_bug([&] { detail::take_out(holder, held_); });
    if (runtime::bugs_in_flight(holder.exceptions) > held_.bugs_at_entry)
        detail::mend(held_);
    lock_.release(held_);
}

template <class Lock>
void Hold<Lock>::suspend() {
    retry_after_bug([this] {
        detail::take_out(current_holder(), held_);
        held_.lock = nullptr;
        lock_.release(held_);
    });
}

template <class Lock>
void Hold<Lock>::resume() {
    if (!take_at_once(lock_, held_.role.rank)) [[unlikely]]
        take(Nesting::alone);
    if (retry_after_bug([this] { return lock_.poisoned(); })) [[unlikely]]
        refuse();
}

} // namespace ksync
