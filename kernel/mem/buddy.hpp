// The buddy allocator: free memory in blocks of 2^order pages, taken over from the boot map lazily.
#pragma once

#include "kernel/arch/api/boot.hpp"
#include "kernel/mem/page.hpp"

#include <optional>

namespace mem {

/// Not locked. Memory is taken over chunk by chunk, lowest address first, when no block is left.
class Buddy {
public:
    constexpr Buddy() = default;

    /// The first page of 2^order pages, or nothing.
    std::optional<PhysAddr> allocate(u32 order) noexcept;
    /// Frees 2^order pages, which may be a part of what was allocated.
    void free(PhysAddr start, u32 order) noexcept;
    /// Frees any run of pages within one chunk or several.
    void free_range(PhysAddr start, PhysAddr end) noexcept;
    /// Memory that was not usable in the boot map becomes so.
    void add_memory(PhysAddr start, PhysAddr end) noexcept;

    /// Pages that are or were in the allocator's hands, and those it could hand out.
    usize total_pages() noexcept;
    usize free_pages() noexcept;

private:
    static constexpr usize max_ranges = 64;

    struct Range {
        PhysAddr start;
        PhysAddr end;
    };

    void read_boot_map() noexcept;
    bool grow() noexcept;
    bool grow_chunk(PhysAddr chunk) noexcept;
    bool make_descriptors(PhysAddr chunk, Range* pieces, usize count) noexcept;
    usize pieces_of(PhysAddr chunk, Range* pieces) const noexcept;
    void push(PhysAddr block, u32 order) noexcept;
    void unlink(PhysAddr block, u32 order) noexcept;

    u32 heads_[max_order + 1] = {};
    u32 filled_ = 0; ///< bit per order whose list is not empty
    Range ranges_[max_ranges] = {};
    usize range_count_ = 0;
    usize total_ = 0;
    usize free_ = 0; ///< in blocks
    usize away_ = 0; ///< in chunks not taken over yet
    PhysAddr next_chunk_{};
    bool map_read_ = false;
};

/// Makes free memory recognisable: fills it in debug and host builds, and tells AddressSanitizer.
void poison_pages(PhysAddr start, usize pages) noexcept;
void unpoison_pages(PhysAddr start, usize pages) noexcept;

} // namespace mem
