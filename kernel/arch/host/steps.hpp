// Bugs at every step: a test makes the kernel's code fail at each access to memory in turn.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

namespace host {

/// Whether the rooms marked STEPS are built so that their accesses are seen; else nothing fails.
bool sees_steps();

/// The calling host thread's access number `number`, counted from 0 and from now on, throws a
/// KernelBug instead of being made. Accesses to the thread's own stack do not count.
void fail_at_step(u64 number);
/// Says whether it came to that.
bool stop_failing();

/// Calls step(n), which is to call change() once, for n = 0, 1, 2 and so on, with a bug at the n-th
/// access of change(), until there are no more. Returns how many there were.
template <class Step>
u64 fail_at_each_step(Step step) {
    for (u64 number = 0;; ++number) {
        bool failed = false;
        step([&](auto const& change) {
            bool left = false;
            fail_at_step(number);
            try {
                change();
            } catch (KernelBug const&) {
                left = true;
            }
            failed = stop_failing();
            return left;
        });
        if (!failed)
            return number;
    }
}

} // namespace host
