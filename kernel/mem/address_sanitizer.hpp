// Tells AddressSanitizer, in builds that have it, which memory must not be touched.
#pragma once

#include "libs/base/types.hpp"

#if defined(LINNET_HOST) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define LINNET_ADDRESS_SANITIZER 1
#endif
#endif

namespace mem {

/// From now on an access to `bytes` at `at` is reported.
inline void hide([[maybe_unused]] void* at, [[maybe_unused]] usize bytes) noexcept {
#if defined(LINNET_ADDRESS_SANITIZER)
    __asan_poison_memory_region(at, bytes);
#endif
}

/// Undoes hide().
inline void show([[maybe_unused]] void* at, [[maybe_unused]] usize bytes) noexcept {
#if defined(LINNET_ADDRESS_SANITIZER)
    __asan_unpoison_memory_region(at, bytes);
#endif
}

} // namespace mem
