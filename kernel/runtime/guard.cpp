// Variables of functions that are initialised when control first reaches them (Itanium C++
// ABI, 3.3.2).
//
// The kernel is compiled with -fno-threadsafe-statics and has no such variable; code compiled
// without (a driver, a test) calls these. Who comes second waits spinning, so the initialiser must
// not sleep.
#include "kernel/runtime/abi.hpp"

#include "kernel/arch/api/cpu.hpp"

#include <atomic>

namespace {

/// The ABI owns the first byte, which compiled code tests; the second is ours.
constexpr u64 done = 1;
constexpr u64 running = 0x100;

} // namespace

int __cxa_guard_acquire(u64* guard) {
    std::atomic_ref const state(*guard);
    for (;;) {
        u64 seen = 0;
        if (state.compare_exchange_strong(seen, running))
            return 1;
        if (seen == done)
            return 0;
        arch::relax();
    }
}

void __cxa_guard_release(u64* guard) noexcept {
    std::atomic_ref(*guard).store(done);
}

/// The initialiser threw: the next one tries again.
void __cxa_guard_abort(u64* guard) noexcept {
    std::atomic_ref(*guard).store(0);
}
