// timespec and timeval, as on Linux x86-64.
#pragma once

#include <cstdint>

namespace uapi {

struct timespec {
    std::int64_t seconds;
    std::int64_t nanoseconds;
};

struct timeval {
    std::int64_t seconds;
    std::int64_t microseconds;
};

} // namespace uapi
