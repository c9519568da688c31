// A sorted list of memory ranges without overlaps, built by marking.
#pragma once

#include "kernel/arch/api/boot.hpp"

#include <optional>

namespace arch {

class MemoryMap {
public:
    /// [start, end) becomes `kind`, whatever it was. Ranges beyond the room are dropped, usable
    /// memory with them.
    void mark(PhysAddr start, PhysAddr end, MemoryRange::Kind kind) {
        if (start >= end)
            return;
        MemoryRange after[limit];
        usize count = 0;
        auto const keep = [&](PhysAddr first, PhysAddr last, MemoryRange::Kind what) {
            if (first >= last)
                return;
            if (count != 0 && after[count - 1].end == first && after[count - 1].kind == what)
                after[count - 1].end = last;
            else if (count < limit)
                after[count++] = {first, last, what};
        };
        bool placed = false;
        auto const place = [&] {
            if (!placed)
                keep(start, end, kind);
            placed = true;
        };
        for (auto const& range : ranges()) {
            if (range.start >= start)
                place();
            keep(range.start, range.end < start ? range.end : start, range.kind);
            if (range.end > start)
                place();
            keep(range.start > end ? range.start : end, range.end, range.kind);
        }
        place();
        for (usize i = 0; i < count; ++i)
            ranges_[i] = after[i];
        count_ = count;
    }

    Slice<MemoryRange const> ranges() const { return {ranges_, count_}; }

    std::optional<MemoryRange::Kind> kind_at(PhysAddr at) const {
        for (auto const& range : ranges())
            if (range.start <= at && at < range.end)
                return range.kind;
        return std::nullopt;
    }

private:
    static constexpr usize limit = 128;
    MemoryRange ranges_[limit] = {};
    usize count_ = 0;
};

} // namespace arch
