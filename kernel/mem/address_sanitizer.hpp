// Tells AddressSanitizer, in builds that have it, which memory must not be touched.
#pragma once

#include "libs/base/types.hpp"

#if defined(LINNET_KASAN)
#define LINNET_ADDRESS_SANITIZER 1
// Of kernel/sanitizer.
extern "C" void linnet_hide_memory(void* at, usize bytes, u8 why) noexcept;
extern "C" void linnet_show_memory(void* at, usize bytes) noexcept;
#elif defined(LINNET_HOST) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define LINNET_ADDRESS_SANITIZER 1

inline void linnet_hide_memory(void* at, usize bytes, u8) noexcept {
    __asan_poison_memory_region(at, bytes);
}

inline void linnet_show_memory(void* at, usize bytes) noexcept {
    __asan_unpoison_memory_region(at, bytes);
}
#endif
#endif

namespace mem {

/// Why memory is hidden, as the kernel's shadow shows it.
enum class Hidden : u8 { red_zone = 0xfa, free_object = 0xfd, free_page = 0xff };

/// From now on an access to `bytes` at `at` is reported. An end that is no multiple of 8 is rounded
/// up, so nothing in use may follow in the same 8 bytes.
inline void hide([[maybe_unused]] void* at, [[maybe_unused]] usize bytes,
                 [[maybe_unused]] Hidden why) noexcept {
#if defined(LINNET_ADDRESS_SANITIZER)
    linnet_hide_memory(at, bytes, static_cast<u8>(why));
#endif
}

/// Undoes hide().
inline void show([[maybe_unused]] void* at, [[maybe_unused]] usize bytes) noexcept {
#if defined(LINNET_ADDRESS_SANITIZER)
    linnet_show_memory(at, bytes);
#endif
}

} // namespace mem
