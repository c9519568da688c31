// The registry of locks that each thread holds: rank checks, and release when a frame is skipped.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/sync/rank.hpp"
#include "libs/base/types.hpp"

namespace ksync {

class LockBase;

/// In the order in which they may be nested.
enum class LockKind : u8 {
    sleeping, ///< the holder may sleep
    spin,     ///< preemption off
    irq,      ///< interrupts off too
};

/// Whether a poisoned lock may be taken.
enum class Poison : u8 { refuse, accept };

/// Whether a lock may have the rank of one already held: only the second lock of lock_pair().
enum class Nesting : u8 { alone, second_of_pair };

/// What a bug amid a change makes of what a lock protects: suspect for ever, or sound again by a
/// function of its own.
enum class AfterBug : u8 { poison, recover };

/// What the type of a Locked says about it, and its guard about this acquisition. One constant in
/// a register.
struct alignas(u32) LockRole {
    Rank rank{};
    AfterBug after_bug = AfterBug::poison;
    Poison poison = Poison::refuse;
    Nesting nesting = Nesting::alone;
};

/// One held lock; a member of the guard, so it lives on the holder's stack. Filled in when the lock
/// is taken, and not before: this is on every hot path.
struct HeldLock {
    HeldLock* next; ///< the one taken before
    LockBase* lock; ///< nullptr while the guard is suspended
    u32 bugs_at_entry;
    LockKind kind;
    bool in_interrupt; ///< taken by a handler that interrupted the thread
    bool interrupts_were_on;
    LockRole role;
    bool (*recover)(LockBase&); ///< set only if the role says so
};

/// What a thread holds, and its exceptions, which poison what it holds. An interrupt handler pushes
/// onto the list of the thread it interrupted and has popped everything again before it returns.
struct Holder {
    HeldLock* innermost = nullptr;
    runtime::EhState exceptions;
};

/// The running thread as sync sees it; task::Thread derives from it. What the scheduler gives to
/// arch::set_current_thread() is a Sleeper*.
class Sleeper {
public:
    Sleeper() = default;
    Sleeper(Sleeper const&) = delete;
    Sleeper& operator=(Sleeper const&) = delete;

    Holder held; ///< the locks it holds

protected:
    ~Sleeper() = default;
};

namespace detail {
Holder& boot_holder() noexcept;
} // namespace detail

/// The running thread's; nullptr before a CPU has one.
inline Holder* thread_holder() noexcept {
    void* const thread = arch::current_thread();
    return thread != nullptr ? &static_cast<Sleeper*>(thread)->held : nullptr;
}

/// The running thread's; before a CPU has one, the CPU's own.
inline Holder& current_holder() noexcept {
    Holder* const holder = thread_holder();
    return holder != nullptr ? *holder : detail::boot_holder();
}

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

} // namespace ksync
