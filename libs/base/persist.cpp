// Tries again after a bug.
#include "libs/base/persist.hpp"

#include "libs/base/bug.hpp"

bool persist(FunctionRef<void()> step) noexcept {
    constexpr int most_tries = 3;
    for (int i = 0; i < most_tries; ++i) {
        try {
            step();
            return true;
        } catch (KernelBug const& bug) {
            doom_task(bug.what);
        }
    }
    return false;
}
