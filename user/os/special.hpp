// Files that are no data: times, devices, pipes with names.
#pragma once

#include "user/os/file.hpp"

namespace os {

/// mknod(2): a FIFO, a socket's name, or (as root) a device file of that number.
Result<void> make_special(std::string_view path, FileType type, Mode mode, u64 device = 0);

/// utimensat(2): since 1970, UTC.
Result<void> set_times(std::string_view path, Nanoseconds accessed, Nanoseconds modified,
                       Links links = Links::follow);

/// Of a device's number, as Linux packs it.
constexpr u32 major_number(u64 device) {
    return static_cast<u32>((device >> 8 & 0xfff) | (device >> 32 & ~u64{0xfff}));
}

constexpr u32 minor_number(u64 device) {
    return static_cast<u32>((device & 0xff) | (device >> 12 & ~u64{0xff}));
}

} // namespace os
