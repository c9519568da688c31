// Checksums over physical memory.
#include "libs/platform/physical_memory.hpp"

#include <algorithm>
#include <array>

namespace platform {

std::optional<u8> sum_of(PhysicalMemory const& memory, PhysAddr at, u64 size) {
    u32 sum = 0;
    std::array<std::byte, 256> piece;
    while (size != 0) {
        auto const bytes = Bytes(piece).first(static_cast<usize>(std::min<u64>(size, 256)));
        if (!memory.read(at, bytes))
            return std::nullopt;
        for (std::byte const byte : bytes)
            sum += static_cast<u8>(byte);
        at += bytes.size();
        size -= bytes.size();
    }
    return static_cast<u8>(sum);
}

} // namespace platform
