// The buddy allocator: free memory in blocks of 2^order pages, taken over from the boot map lazily.
#pragma once

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/page.hpp"
#include "kernel/mem/undo_log.hpp"

#include <cstring>
#include <optional>

namespace mem {

/// Not locked. Memory is taken over chunk by chunk, lowest address first, when no block is left.
class Buddy {
public:
    /// The longest change: a block of the lowest order is cut, or merges, all the way.
    using Changes = UndoLog<96>;

    constexpr Buddy() = default;

    /// What allocate() and free_block() change, besides what the caller adds; the caller commits.
    Changes& changes() { return changes_; }

    /// After a bug under the lock.
    bool recover() {
        changes_.undo();
        return true;
    }

    /// The first page of 2^order pages, or nothing: then grow() may help.
    std::optional<PhysAddr> allocate(u32 order);
    /// Frees a block of 2^order pages, which may be a part of what was allocated.
    void free_block(PhysAddr start, u32 order);
    /// Frees [start, end), block by block, which it commits; `start` is how far it has come.
    void free_range(PhysAddr& start, PhysAddr end);

    /// Takes over the next chunk that has usable memory; false when there is none. Commits.
    bool grow();
    /// Memory that was not usable in the boot map becomes so. Commits.
    void add_memory(PhysAddr start, PhysAddr end);

    /// Pages that are or were in the allocator's hands, and those it could hand out.
    usize total_pages();
    usize free_pages();

private:
    static constexpr usize max_ranges = 64;

    struct Range {
        PhysAddr start;
        PhysAddr end;
    };

    void read_boot_map();
    bool take_over(PhysAddr chunk);
    void finish_taking_over();
    bool make_descriptors(PhysAddr chunk, usize count);
    std::optional<PhysAddr> memory_for_descriptors(usize pages, usize count);
    usize find_pieces(PhysAddr chunk);
    void push(PhysAddr block, u32 order);
    void unlink(PhysAddr block, u32 order);

    u32 heads_[max_order + 1] = {};
    u32 filled_ = 0; ///< bit per order whose list is not empty
    Range ranges_[max_ranges] = {};
    usize range_count_ = 0;
    usize total_ = 0;
    usize free_ = 0; ///< in blocks
    usize away_ = 0; ///< in chunks not taken over yet, and in `pieces_`
    PhysAddr next_chunk_{};
    bool map_read_ = false;
    Range pieces_[max_ranges] = {}; ///< of a chunk that is being taken over
    usize piece_count_ = 0;
    Changes changes_;
};

/// Makes free memory recognisable: fills it in debug and host builds, and tells AddressSanitizer.
/// In the caller, as in others these do nothing.
inline void poison_pages([[maybe_unused]] PhysAddr start, [[maybe_unused]] usize pages) {
#if defined(LINNET_POISON)
    auto* const memory = pointer_to<void>(arch::direct_map(start));
    show(memory, pages * page_size);
    std::memset(memory, 0xdf, pages * page_size);
#endif
    hide(pointer_to<void>(arch::direct_map(start)), pages * page_size, Hidden::free_page);
}

inline void unpoison_pages(PhysAddr start, usize pages) {
    show(pointer_to<void>(arch::direct_map(start)), pages * page_size);
}

} // namespace mem
