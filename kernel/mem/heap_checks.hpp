// What a kernel with KASAN adds to the heap: red zones that know an object's history, a quarantine.
//
//   object of a size class, handed out             freed: all of it hidden, in the quarantine
//   +-----------------+------------------+         +------------------------------------------+
//   | bytes asked for | red zone: History|         | as it was, History with who freed it     |
//   +-----------------+------------------+         +------------------------------------------+
//                     ^ hidden from here on        after 128 more are freed by this CPU: to the
//                     slab
#pragma once

#include "libs/base/address.hpp"

#include <array>
#include <optional>

namespace mem {

/// The last callers, innermost first: low halves of kernel text addresses; 0 ends them.
using Callers = std::array<u32, 7>;

/// At the very end of each small object.
struct History {
    u32 bytes; ///< asked for
    u32 unused;
    Callers allocated;
    Callers freed;
};

/// An object and its class.
struct SizedObject {
    void* object;
    usize index;
};

#if defined(LINNET_KASAN)

inline constexpr usize red_zone = sizeof(History);

/// Hides what follows the `bytes` that were asked for; remembers who asks. nullptr is left alone.
void guard_object(void* memory, usize bytes) noexcept;
/// Touches a small object, which must be in use, and shows what the heap will write into it.
void expect_object(void* memory);
/// Hides a freed object and gives the one that has been longest in the quarantine, or nullptr.
SizedObject quarantine(SizedObject freed) noexcept;
/// Takes any object out of this CPU's quarantine; nullptr when it is empty.
SizedObject leave_quarantine() noexcept;

/// The small object that an address belongs to.
struct KnownObject {
    VirtAddr start;
    History history;
};

std::optional<KnownObject> find_object(VirtAddr at) noexcept;

#else

inline constexpr usize red_zone = 0;

inline void guard_object(void*, usize) noexcept {}

inline void expect_object(void*) noexcept {}

inline SizedObject quarantine(SizedObject freed) noexcept {
    return freed;
}

inline SizedObject leave_quarantine() noexcept {
    return {};
}

#endif

} // namespace mem
