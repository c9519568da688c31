// How the parsers of firmware tables read physical memory: by bounded copies, so that a table that
// lies about its place or size is an error and never a fault.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"

#include <optional>
#include <type_traits>

namespace platform {

class PhysicalMemory {
public:
    /// Copies `into.size()` bytes from `at`. False, with nothing promised about `into`, when the
    /// range is not readable memory.
    virtual bool read(PhysAddr at, Bytes into) const = 0;

protected:
    ~PhysicalMemory() = default;
};

template <class T>
std::optional<T> read_object(PhysicalMemory const& memory, PhysAddr at) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (!memory.read(at, writable_object_bytes(value)))
        return std::nullopt;
    return value;
}

/// The sum of `size` bytes modulo 256, which is 0 for a table with a right checksum.
std::optional<u8> sum_of(PhysicalMemory const& memory, PhysAddr at, u64 size);

/// Why firmware tables could not be used.
struct Problem {
    char const* cause; ///< static text
    PhysAddr at = {};
};

} // namespace platform
