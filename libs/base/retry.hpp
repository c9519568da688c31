// Steps that nobody can do without, and that therefore survive a bug of their own.
#pragma once

#include "libs/base/bug.hpp"

/// Runs step(). If a bug comes out of it, mend() puts right whatever it may have left half done and
/// releases its locks; then step() runs once more, from its beginning, so it must come to the same
/// whatever part of it was done. A second bug goes on to the caller; if that is VITAL, it halts.
/// Costs nothing as long as there is no bug. What step() calls must not be noexcept.
template <class Step, class Mend>
[[gnu::always_inline]] inline auto retry_after_bug(Step const& step, Mend const& mend) {
    for (bool again = false;; again = true) {
        try {
            return step();
        } catch (KernelBug const&) { // has been reported
            auto const own = mend;
            own();
            if (again)
                throw;
        }
    }
}

/// Where there is nothing to put right. For short steps on hot paths, compiled in twice: so no
/// register has to tell which time it is. What handlers call may not be compiled in; each calls a
/// copy, so that what the step refers to need not be in memory as long as there is no bug.
template <class Step>
[[gnu::always_inline]] inline auto retry_after_bug(Step const& step) {
    try {
        return step();
    } catch (KernelBug const&) {
    }
    Step const again = step;
    return again();
}
