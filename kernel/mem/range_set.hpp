// A set of free ranges of numbers: first fit, merged when given back. Pure logic, no allocation.
#pragma once

#include "libs/base/slice.hpp"
#include "libs/base/types.hpp"

#include <array>
#include <optional>

namespace mem {

class RangeSet {
public:
    struct Range {
        u64 start = 0;
        u64 size = 0;
    };

    /// Removes `size` consecutive numbers from the set and returns the first.
    std::optional<u64> take(u64 size);
    /// Puts [start, start+size) in. Lost when there are more than `capacity` fragments, which for a
    /// range of addresses does no harm.
    void give(u64 start, u64 size);

    Slice<Range const> ranges() const { return {free_.data(), count_}; }

    static constexpr usize capacity = 128;

private:
    void erase(usize index);

    std::array<Range, capacity> free_{}; ///< sorted, none touches the next
    usize count_ = 0;
};

} // namespace mem
