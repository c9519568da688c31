// What exception handling keeps per thread.
#pragma once

#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

#include <cstddef>

namespace runtime {

struct Exception;

/// One thread's exceptions. Lives in the thread object; interrupt handlers use the state of the
/// thread that they interrupted, which works because they leave it as they found it.
struct EhState {
    /// Enough for a header and a KernelBug or a std::bad_alloc. Exceptions take a slot here before
    /// they ask the heap, so throwing works without memory and with the heap's locks held.
    static constexpr usize slot_size = 224;
    static constexpr usize slot_count = 4;

    Exception* caught = nullptr;    ///< being handled, innermost first
    void* foreign = nullptr;        ///< a foreign exception that is handled, outside of those
    Exception* thrown = nullptr;    ///< on their way to a handler, the last first
    u32 uncaught = 0;               ///< how many those are
    u32 bugs = 0;                   ///< those of them that are KernelBugs
    char const* last_bug = nullptr; ///< what the last of them was
    Atomic<u32> used_slots{0};      ///< bit per slot; std::exception_ptrs may clear it elsewhere
    u32 reporting = 0;              ///< bugs being reported right now, each inside the one before
    u32 unreported = 0;             ///< not 0: a test throws on purpose, see Unreported
    alignas(16) std::byte reserve[slot_count][slot_size];
};

/// Of the running thread; of this CPU's boot context before there are threads. Defined by
/// kernel/sync, beside what else a thread is known by.
EhState& eh_state() noexcept;

/// For tests: as long as it lives, contained bugs of the running thread are not logged.
class Unreported {
public:
    Unreported() { ++eh_state().unreported; }

    Unreported(Unreported const&) = delete;
    Unreported& operator=(Unreported const&) = delete;

    ~Unreported() { --eh_state().unreported; }
};

/// As the function of libs/base, for the state that is at hand. On the host there is another C++
/// runtime, which keeps none.
inline u32 bugs_in_flight([[maybe_unused]] EhState const& state) noexcept {
#if defined(LINNET_HOST)
    return ::bugs_in_flight();
#else
    return state.bugs;
#endif
}

} // namespace runtime
