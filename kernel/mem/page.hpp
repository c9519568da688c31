// Page descriptors: what the kernel knows about each frame of physical memory.
//
//   section directory        leaf (one page)              descriptors of one section
//   (static)                 512 sections, 8 GiB          (16 MiB of memory, 128 KiB)
//   +-----------+            +------------------+         +------+------+-- ... --+------+
//   | leaf    ------------>  | array | ready  ---------->  | Page | Page |         | Page |
//   +-----------+            +------------------+         +------+------+-- ... --+------+
//   | (none)    |            | (none)           |          chunk 0 of 4  | chunk 1 | ...
//   +-----------+            +------------------+
//
// Descriptors come to be chunk by chunk (4 MiB, the largest buddy block) when the allocator first
// takes memory of that chunk, so that boot costs the same with any amount of memory.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

namespace mem {

class Account;

/// What a frame is used for, for statistics.
enum class Use : u8 { user, page_cache, page_table, heap, stack, other };
inline constexpr usize use_count = 6;

/// A plain value that one CPU may write while another looks at it.
template <class T>
class Relaxed {
public:
    Relaxed& operator=(T value) {
        __atomic_store(&value_, &value, __ATOMIC_RELAXED);
        return *this;
    }

    operator T() const {
        T value;
        __atomic_load(&value_, &value, __ATOMIC_RELAXED);
        return value;
    }

private:
    T value_{};
};

/// 32 bytes for each 4 KiB.
struct Page {
    enum class State : u8 {
        absent,    ///< not memory the allocator may hand out
        free,      ///< head of a free buddy block
        inside,    ///< in a free block, behind its head
        cached,    ///< in a CPU's cache of free frames
        frame,     ///< a counted frame
        run,       ///< head of a run
        run_tail,  ///< behind the head of a run
        slab,      ///< head of a slab of the heap
        slab_tail, ///< behind the head of a slab; `next` is the head's number
        large      ///< head of a large heap allocation; `number_of_pages`
    };

    Atomic<u32> shares;   ///< frame: references; slab: objects handed out
    Relaxed<State> state; ///< written by the owner; a neighbour that merges looks for State::free
    u8 order;             ///< free: of the block; slab: size class
    Use use;
    u8 unused;
    u32 next; ///< frame numbers of a list; 0 ends it
    u32 previous;

    union {
        void* free_objects;  ///< slab: first free object
        u64 number_of_pages; ///< large
    };

    Account* account; ///< nullptr: nobody's limit
};

static_assert(sizeof(Page) == 32);

inline constexpr u32 max_order = 10;
inline constexpr usize chunk_pages = usize{1} << max_order;
inline constexpr usize chunk_shift = page_shift + max_order;
inline constexpr usize section_shift = chunk_shift + 2;
inline constexpr usize chunks_per_section = usize{1} << (section_shift - chunk_shift);
inline constexpr usize section_pages = chunk_pages * chunks_per_section;
inline constexpr usize descriptor_pages = section_pages * sizeof(Page) / page_size;
inline constexpr usize leaf_entries = page_size / sizeof(u64);
inline constexpr usize directory_entries = 2048; ///< 16 TiB

namespace sections {

/// Address of a section's descriptors; the low bits say which chunks are ready.
using Entry = Atomic<u64>;

struct Leaf {
    Entry entries[leaf_entries];
};

static_assert(sizeof(Leaf) == page_size);

extern Atomic<Leaf*> directory[directory_entries];

inline Leaf* leaf_of(PhysAddr at) {
    u64 const index = at.value() >> section_shift >> 9;
    return index < directory_entries ? directory[index].load(MemoryOrder::acquire) : nullptr;
}

inline Entry& entry_of(Leaf& leaf, PhysAddr at) {
    return leaf.entries[(at.value() >> section_shift) % leaf_entries];
}

inline u64 ready_bit(PhysAddr at) {
    return u64{1} << ((at.value() >> chunk_shift) % chunks_per_section);
}

inline Page* array_of(u64 entry) {
    return pointer_to<Page>(VirtAddr(align_down(entry, page_size)));
}

} // namespace sections

/// The descriptor of a frame; nullptr when the allocator has not taken its chunk. In its callers,
/// as every step on a frame begins with it.
inline Page* find_page(PhysAddr at) {
    auto* const leaf = sections::leaf_of(at);
    if (leaf == nullptr) [[unlikely]]
        return nullptr;
    u64 const entry = sections::entry_of(*leaf, at).load(MemoryOrder::acquire);
    if ((entry & sections::ready_bit(at)) == 0) [[unlikely]]
        return nullptr;
    return sections::array_of(entry) + at.page_number() % section_pages;
}

/// As find_page(), of a frame that is known to be managed.
inline Page& page_of(PhysAddr at) {
    Page* const page = find_page(at);
    if (page == nullptr) [[unlikely]]
        panic("no page descriptor for this address");
    return *page;
}

inline PhysAddr frame_address(u32 number) {
    return PhysAddr(u64{number} << page_shift);
}

inline u32 frame_number(PhysAddr at) {
    return static_cast<u32>(at.page_number());
}

/// The directory. Entries appear once and never change back, so readers need no lock.
namespace sections {

inline Atomic<Leaf*>& directory_entry(PhysAddr at) {
    return directory[at.value() >> section_shift >> 9];
}

bool chunk_ready(PhysAddr chunk);
bool needs_leaf(PhysAddr chunk);
/// An empty leaf in a page of its own, which is in no directory yet.
Leaf* make_leaf(PhysAddr page);
/// Fills the descriptors of the chunk with State::absent, before they become visible.
void clear_descriptors(PhysAddr chunk);
/// Forgets everything, for tests that build another memory.
void reset() noexcept;

} // namespace sections
} // namespace mem
