// Byte copies behind a call, so that callers keep a landing pad.
#include "libs/base/memory.hpp"

#include <algorithm>

usize copy_bytes(Bytes to, ConstBytes from) {
    usize const count = std::min(to.size(), from.size());
    if (count != 0)
        std::memcpy(to.data(), from.data(), count);
    return count;
}

void zero_bytes(Bytes to) {
    if (!to.empty())
        std::memset(to.data(), 0, to.size());
}
