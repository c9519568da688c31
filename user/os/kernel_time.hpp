// For the library's own files: durations as the kernel takes them.
#pragma once

#include "abi/time.hpp"
#include "libs/base/units.hpp"

namespace os {

/// A negative one is none.
inline uapi::timespec kernel_time(Nanoseconds time) noexcept {
    i64 const count = time < Nanoseconds(0) ? 0 : time.count();
    return {count / 1'000'000'000, count % 1'000'000'000};
}

} // namespace os
