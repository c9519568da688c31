// Gives out addresses for base address registers that firmware left unassigned.
#pragma once

#include "libs/base/types.hpp"
#include "libs/base/vector.hpp"

#include <optional>

namespace pci {

/// An address range with holes that are taken.
class Window {
public:
    Window(u64 start, u64 end) : start_(start), end_(end) {}

    /// Marks what is in use already; ranges outside the window do not matter.
    void take(u64 start, u64 size);

    /// The lowest free place for `size` bytes, aligned to `size` (a power of two), which is then
    /// taken. Nothing when there is none.
    std::optional<u64> allocate(u64 size);

private:
    struct Range {
        u64 start, end;
    };

    u64 start_;
    u64 end_;
    Vector<Range> taken_; ///< sorted by start
};

} // namespace pci
