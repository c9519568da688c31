// The inside of an address space, shared by the files that implement it.
#pragma once

#include "kernel/mem/address_space.hpp"
#include "kernel/mem/area.hpp"
#include "libs/base/persist.hpp"

#include <utility>

namespace mem {

/// Kept free below a stack that grows, as Linux's stack_guard_gap.
inline constexpr u64 stack_guard = 256 * page_size;
/// As Linux's vm.mmap_min_addr: no hint leads below.
inline constexpr UserAddr lowest_map{64_KiB};
/// As Linux's vm.max_map_count.
inline constexpr usize max_areas = 65530;

/// Frames that left the page table and may be freed once no CPU can reach them any more.
class Graveyard {
public:
    explicit Graveyard(arch::PageTable const& table) : table_(table), batch_(table) {}

    Graveyard(Graveyard const&) = delete;
    Graveyard& operator=(Graveyard const&) = delete;

    ~Graveyard() { flush(); }

    arch::TlbBatch& batch() { return batch_; }

    /// Takes over the share of an entry, which is removed, or replaced, right afterwards.
    void bury(UserAddr page, PhysAddr frame) {
        if (count_ == capacity)
            flush();
        buried_[count_] = {page, frame};
        ++count_;
    }

    /// After a bug between the two: the entry still has its share if it still has its frame.
    void settle() noexcept;
    void flush() noexcept;

private:
    struct Buried {
        UserAddr page;
        PhysAddr frame;
    };

    static constexpr usize capacity = 64;
    arch::PageTable const& table_;
    arch::TlbBatch batch_;
    usize count_ = 0;
    Buried buried_[capacity];
};

/// Areas that left the map. Destroyed after the lock is released, because letting a file go takes
/// locks that come before it: declare one before the guard.
class RemovedAreas {
public:
    RemovedAreas() = default;
    RemovedAreas(RemovedAreas const&) = delete;
    RemovedAreas& operator=(RemovedAreas const&) = delete;

    ~RemovedAreas() {
        persist([this] {
            while (Area* const area = first_) {
                first_ = area->next;
                delete area;
            }
        });
    }

    void add(Box<Area> area) {
        area->next = first_;
        first_ = area.raw();
        (void)area.release();
    }

private:
    Area* first_ = nullptr;
};

/// Everything under the lock. The page table may hold fewer pages than the areas say, never others.
struct AddressSpace::Contents {
    Contents(AddressSpace* space, arch::PageTable& pages, Layout const& where)
        : table(pages), areas(space), layout(where) {}

    ~Contents() { drop_everything(); }

    /// After a bug under the lock: areas from what is certain of them, and no page that they do not
    /// allow.
    bool recover();

    arch::PageTable& table;
    AreaMap areas;
    Layout layout;
    UserAddr break_start{};
    UserAddr break_end{}; ///< not aligned
    u64 address_limit = ~u64{0};
    u64 stack_limit = 8_MiB;
    u64 data_limit = ~u64{0};
    u64 resident = 0; ///< pages
    u64 peak_resident = 0;
    u64 resident_shared = 0; ///< of these, pages that a file or shared object holds

    /// Enters a frame and keeps its share. ENOMEM changes nothing.
    Result<void> enter(UserAddr page, Frame frame, arch::AccessFlags access);
    /// Without counting it, for who calls count_pages() once for many.
    Result<void> enter_uncounted(UserAddr page, Frame frame, arch::AccessFlags access);
    /// Replaces the frame of a present page; the old one is freed after a flush.
    void replace(UserAddr page, Frame frame, arch::AccessFlags access);
    /// Removes every present page of the range.
    void drop_pages(UserAddr start, UserAddr end) noexcept;
    /// Only those that are the source's own, not private copies.
    void drop_pages_of_source(UserAddr start, UserAddr end) noexcept;
    void drop_everything() noexcept;
    template <class Test>
    void drop_pages_if(UserAddr start, UserAddr end, Test test) noexcept;
    /// Gives up the share of a frame that was to be entered, if after a bug the entry is not there.
    void drop_unless_entered(UserAddr page, PhysAddr frame) noexcept;
    /// Removes areas and pages of the range. ENOMEM when an area cannot be split; nothing has
    /// changed then.
    Result<void> remove_range(UserAddr start, UserAddr end, RemovedAreas& removed);
    /// Gives the present pages of an area the access it allows now.
    void update_access(Area const& area, UserAddr start, UserAddr end);

    /// Whether an area of this kind and size may be added. ENOMEM.
    Result<void> check_limits(u64 bytes, bool private_writable);
    /// Bytes of private writable areas other than stacks.
    u64 data_bytes();
    std::optional<UserAddr> find_place(UserAddr hint, u64 size);

    void count_page(PhysAddr frame, i64 by);
    void count_pages(i64 all, i64 of_sources);
};

struct AddressSpace::State {
    State(AddressSpace* space, arch::PageTable pages, Layout const& layout)
        : table(std::move(pages)), contents(space, table, layout) {}

    arch::PageTable table; ///< changed under the lock of `contents`; made active without
    ksync::SleepLocked<Contents, ksync::Rank::address_space> contents;
};

/// What an entry of a private page may allow: no writing while somebody else holds the frame.
arch::AccessFlags private_access(Area const& area, u32 shares);

inline bool allows(arch::AccessFlags granted, arch::AccessFlags wanted) {
    return (granted & wanted) == wanted;
}

} // namespace mem
