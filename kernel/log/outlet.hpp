// Where records go as they come: one CPU at a time sends, and others leave theirs to it.
#pragma once

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/log/ring.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"

namespace klog {

/// From now on locks whose holder does not answer are broken; see panic_mode() and finish().
bool last_words() noexcept;

/// Rooms above this one have locks that check ranks and log; this one must not.
class Lock {
public:
    enum class Got { taken, broken, mine_already };

    Got acquire() noexcept {
        u32 const self = static_cast<u32>(arch::cpu_index());
        for (u32 turns = 0;; ++turns) {
            u32 holder = nobody;
            if (holder_.compare_exchange(holder, self, MemoryOrder::acquire))
                return Got::taken;
            if (holder == self)
                return Got::mine_already; // an NMI or a fault inside the log itself
            if (last_words() && turns > patience) {
                holder_.store(self);
                return Got::broken;
            }
            arch::relax();
        }
    }

    bool try_acquire() noexcept {
        u32 holder = nobody;
        return holder_.compare_exchange(holder, static_cast<u32>(arch::cpu_index()));
    }

    void release() noexcept { holder_.store(nobody); }

private:
    static constexpr u32 nobody = ~u32{0};
    static constexpr u32 patience = 2'000'000; ///< turns before a lock is broken

    Atomic<u32> holder_{nobody};
};

/// What came of sending one record.
enum class Sent { one, none_left, not_now };

class Outlet {
public:
    /// Sends what is in the ring and not sent yet: calls `send` with the cursor until it has no
    /// more. If another CPU sends already, it will find our record, and our news that a device is
    /// ready: it looks again after it has let go. Nobody sends for ever, though others go on
    /// writing: after a few records it lets go and is done when another has come since.
    template <class Send>
    void drain(Send send) noexcept {
        visits_.fetch_add(1);
        for (bool is_done = false; !is_done;) {
            u32 visits = 0;
            bool more = false;
            {
                arch::InterruptsOff const off;
                if (last_words()) {
                    if (lock_.acquire() == Lock::Got::mine_already)
                        return;
                } else if (!lock_.try_acquire())
                    return;
                visits = visits_.load();
                more = send_some(send);
                lock_.release();
            }
            is_done = more ? another_comes() : visits_.load() == visits;
        }
    }

private:
    static constexpr u32 most_at_once = 8; ///< interrupts are off meanwhile
    static constexpr u32 turns_to_come = 500;

    /// Whether there may be more.
    template <class Send>
    bool send_some(Send send) noexcept {
        try {
            for (u32 count = 0; count < most_at_once; ++count)
                if (send(cursor_) != Sent::one)
                    return false;
            return true;
        } catch (KernelBug const&) { // the record is lost to this outlet
            return false;
        }
    }

    /// With the lock free: who comes now gets it, or leaves what it has to one who did.
    bool another_comes() const noexcept {
        u32 const visits = visits_.load();
        for (u32 turns = 0; turns < turns_to_come; ++turns) {
            if (visits_.load() != visits)
                return true;
            arch::relax();
        }
        return false;
    }

    Lock lock_;
    Cursor cursor_;
    Atomic<u32> visits_{0}; ///< calls of drain()
};

} // namespace klog
