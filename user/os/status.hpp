// For the library's own files: FileStatus from what the kernel says.
#pragma once

#include "user/os/file.hpp"

namespace os {

FileStatus status_of(uapi::stat const& raw) noexcept;

} // namespace os
