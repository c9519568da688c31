// Reads and writes the shadow of kernel memory.
#include "kernel/sanitizer/shadow.hpp"

#include <algorithm>
#include <cstring>

namespace sanitizer {
namespace {

constexpr u64 granule = 8;

} // namespace

u64 find_hidden(u64 at, u64 bytes) noexcept {
    if (bytes == 0 || !arch::shadow::is_tracked(at) || !arch::shadow::is_tracked(at + bytes - 1))
        return 0;
    u64 const last = at + bytes - 1;
    u8 const* shadow = arch::shadow::of(at);
    for (u64 first = at; first <= last;) {
        u64 const start = align_down(first, granule);
        u64 several = 1;
        if (last - start >= 8 * granule)
            std::memcpy(&several, shadow, sizeof several);
        if (several == 0) { // eight at a time
            shadow += 8;
            first = start + 8 * granule;
            continue;
        }
        u64 const allowed = *shadow < granule ? *shadow : 0;
        if (*shadow != 0 && std::min(last, start + granule - 1) >= start + allowed)
            return std::max(first, start + allowed);
        ++shadow;
        first = start + granule;
    }
    return 0;
}

void hide(u64 at, u64 bytes, u8 why) noexcept {
    u64 const end = align_up(at + bytes, granule);
    if (bytes == 0 || !arch::shadow::is_tracked(at) || !arch::shadow::is_tracked(end - 1))
        return;
    if (u64 const kept = at % granule; kept != 0) {
        *arch::shadow::of(at) = static_cast<u8>(kept);
        at = align_up(at, granule);
    }
    if (at < end)
        std::memset(arch::shadow::of(at), why, (end - at) / granule);
}

void show(u64 at, u64 bytes) noexcept {
    if (bytes == 0 || !arch::shadow::is_tracked(at) || !arch::shadow::is_tracked(at + bytes - 1))
        return;
    std::memset(arch::shadow::of(at), 0, bytes / granule);
    if (u64 const rest = bytes % granule; rest != 0)
        *arch::shadow::of(at + bytes - rest) = static_cast<u8>(rest);
}

} // namespace sanitizer
