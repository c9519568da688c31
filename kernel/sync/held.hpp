// The registry of locks that each thread holds: rank checks, and release when a frame is skipped.
#pragma once

#include "kernel/sync/rank.hpp"
#include "libs/base/types.hpp"

namespace ksync {

class LockBase;

enum class LockKind : u8 {
    spin,     ///< preemption off
    irq,      ///< interrupts off too
    sleeping, ///< the holder may sleep
};

/// Whether a lock may have the rank of one already held: only the second lock of lock_pair().
enum class Nesting : u8 { alone, second_of_pair };

/// One held lock; a member of the guard, so it lives on the holder's stack.
struct HeldLock {
    HeldLock* next = nullptr; ///< the one taken before
    LockBase* lock = nullptr;
    u32 bugs_at_entry = 0;
    LockKind kind = LockKind::spin;
    bool in_interrupt = false; ///< taken by a handler that interrupted the thread
    bool interrupts_were_on = false;
};

/// What a thread holds. An interrupt handler pushes onto the list of the thread it interrupted and
/// has popped everything again before it returns.
struct Holder {
    HeldLock* innermost = nullptr;
    u32 spinning = 0; ///< locks in the list that forbid sleeping
};

/// The running thread's; before a CPU has one, the CPU's own.
Holder& current_holder();

/// Whether orders are checked; a violation is a KernelBug.
enum class Checks : bool { off, on };
void set_lock_checks(Checks checks);

/// Panics when the running code must not sleep: it holds a spinning lock or is an interrupt.
/// Also for user copies, which may sleep for a page.
void check_may_sleep();

/// Releases, and poisons, every lock whose guard lives in [low, high) of the running thread's
/// stack: for the unwinder, when it skips a frame that has no landing pad for where it stopped.
void release_abandoned(void const* low, void const* high) noexcept;

/// How many locks the running thread holds; a catch of a KernelBug expects what it began with.
u32 held_locks();

namespace detail {

void check_order(LockBase const& lock, LockKind kind, Nesting nesting);
void enter(HeldLock& held, LockBase& lock, LockKind kind);
/// Takes the entry out and says whether a bug is in flight that was not when it entered.
bool leave(HeldLock& held) noexcept;

} // namespace detail

} // namespace ksync
