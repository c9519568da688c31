// Host tests: a bug is only thrown; there is no log to note it in.
#include "libs/base/bug.hpp"

#include <exception>

namespace {

/// std::uncaught_exceptions() will be this deep while the last bug is on its way.
thread_local int bug_depth = 0;

} // namespace

void note_bug(KernelBug const&) noexcept {
    bug_depth = std::uncaught_exceptions() + 1; // panic() throws right after this
}

u32 bugs_in_flight() noexcept {
    if (std::uncaught_exceptions() < bug_depth)
        bug_depth = 0; // it has been caught since
    return bug_depth != 0 ? 1 : 0;
}
