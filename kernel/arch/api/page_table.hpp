// Page tables: one per address space, the shared kernel half, and telling other CPUs of changes.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/base/result.hpp"

#include <optional>
#include <utility>

namespace arch {

enum class Access : u32 { read = 1, write = 2, execute = 4 };
using AccessFlags = Flags<Access>;

constexpr AccessFlags operator|(Access a, Access b) {
    return AccessFlags(a) | AccessFlags(b);
}

enum class Caching { write_back, uncached };

/// End of the user half: every mapped user page lies below.
inline constexpr UserAddr user_end{0x7fff'ffff'f000};
/// Where mem places kernel stacks and mapped devices; drawn in arch/x86_64/layout.hpp.
VirtAddr kernel_area_start();
VirtAddr kernel_area_end();

class TlbBatch;

/// The user half of one address space. Not locked: its owner serialises changes; faults and walks
/// by other CPUs see old or new entries, never half ones. Owns the frames of the tables, not those
/// mapped.
class PageTable {
public:
    /// Shares the kernel half. ENOMEM.
    static Result<PageTable> create();

    PageTable(PageTable&& other) noexcept
        : root_(std::exchange(other.root_, 0)),
          last_frame_(std::exchange(other.last_frame_, PhysAddr())) {}

    PageTable& operator=(PageTable&& other) noexcept {
        std::swap(root_, other.root_);
        std::swap(last_frame_, other.last_frame_);
        nearby_.store(0, MemoryOrder::relaxed);
        other.nearby_.store(0, MemoryOrder::relaxed);
        return *this;
    }

    ~PageTable();

    struct Entry {
        PhysAddr frame;
        AccessFlags access;
        bool touched; ///< read, written or executed since it was entered
        bool dirty;   ///< written since it was entered
    };

    /// Enters a page that is not present. ENOMEM when a table cannot be allocated; nothing changes
    /// then.
    Result<void> enter(UserAddr page, PhysAddr frame, AccessFlags access);
    std::optional<Entry> lookup(UserAddr page) const;
    /// The entry that was there, if any. The frame may be reused only after `batch` was flushed.
    std::optional<Entry> remove(UserAddr page, TlbBatch& batch);
    /// Changes the access of a present page; none may be empty access (not reachable, still
    /// present).
    void protect(UserAddr page, AccessFlags access, TlbBatch& batch);
    /// Replaces the frame of a present page (copy-on-write).
    void replace(UserAddr page, PhysAddr frame, AccessFlags access, TlbBatch& batch);
    /// Every present page in [start, end), in order; skips absent tables quickly. `visit` may
    /// change or remove the page it is shown.
    void for_each(UserAddr start, UserAddr end,
                  FunctionRef<void(UserAddr page, Entry const& entry)> visit) const;

    /// Makes this CPU use it.
    void activate() const;
    /// Makes this CPU use the kernel's own table, with an empty user half.
    static void activate_kernel();

    u64 root() const { return root_; }

private:
    PageTable() = default;

    /// x86_64: the last-level entry of a page; nullptr where no table is.
    Atomic<u64>* find(UserAddr page) const;
    Atomic<u64>* find_by_tables(UserAddr page) const;
    /// With the tables that are missing.
    Result<Atomic<u64>*> make(UserAddr page);

    u64 root_ = 0;          ///< x86_64: physical address of the top table; host: a map
    PhysAddr last_frame_{}; ///< of the tables, see upcall::allocate_table_frame()
    /// x86_64: which table find() has found last, in one word; 0: none.
    mutable Atomic<u64> nearby_{0};
};

/// Pages of one table whose old translations must vanish from every CPU before the frames behind
/// are freed. Flushes when destroyed at the latest. flush() may wait for other CPUs: never call it
/// with a spinning lock held or interrupts off.
class TlbBatch {
public:
    explicit TlbBatch(PageTable const& table) : table_(table) {}

    TlbBatch(TlbBatch const&) = delete;
    TlbBatch& operator=(TlbBatch const&) = delete;

    ~TlbBatch() { flush(); }

    void add(UserAddr page) {
        if (count_ < limit)
            pages_[count_] = page;
        ++count_;
    }

    void flush() noexcept;

private:
    void flush_once() const;

    static constexpr usize limit = 32; ///< beyond this the whole user half is flushed
    PageTable const& table_;
    usize count_ = 0;
    UserAddr pages_[limit];
};

/// Kernel half: enters one page between kernel_area_start() and kernel_area_end(). ENOMEM.
Result<void> map_kernel_page(VirtAddr at, PhysAddr frame, AccessFlags access, Caching caching);
/// Removes one page if present, on all CPUs, and returns its frame.
std::optional<PhysAddr> unmap_kernel_page(VirtAddr at);

/// All physical memory is mapped: these convert. The address must be RAM the boot map named.
VirtAddr direct_map(PhysAddr at);
PhysAddr direct_unmap(VirtAddr at);

/// Physical address behind any kernel address, if mapped.
std::optional<PhysAddr> kernel_translate(VirtAddr at);

} // namespace arch

// The few-instruction ones, in the caller.
#if !defined(LINNET_HOST)
#include "kernel/arch/inline/page_table.hpp"
#endif
