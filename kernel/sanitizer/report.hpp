// How every sanitizer in the kernel reports: details in the log, then a bug like any other.
#pragma once

#include "libs/base/bug.hpp"

#include <string_view>

namespace sanitizer {

/// Logs the lines of `details` and the bug with its backtrace, and throws it. Inside another report
/// the details are left out: they could be what fails.
[[noreturn]] void report(KernelBug const& bug, std::string_view details);

/// Where the code goes on that called the sanitizer.
#define LINNET_CALLER reinterpret_cast<u64>(__builtin_return_address(0))

} // namespace sanitizer
