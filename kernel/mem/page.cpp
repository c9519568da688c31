// Finds page descriptors: a two-level directory of sections.
#include "kernel/mem/page.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

#include <new>

namespace mem {
namespace {

/// Address of a section's descriptors; the low bits say which chunks are ready.
using Entry = Atomic<u64>;

struct Leaf {
    Entry entries[leaf_entries];
};

static_assert(sizeof(Leaf) == page_size);

constinit Atomic<Leaf*> directory[directory_entries];

Leaf* leaf_of(PhysAddr at) {
    u64 const index = at.value() >> section_shift >> 9;
    return index < directory_entries ? directory[index].load(std::memory_order_acquire) : nullptr;
}

Entry& entry_of(Leaf& leaf, PhysAddr at) {
    return leaf.entries[(at.value() >> section_shift) % leaf_entries];
}

u64 ready_bit(PhysAddr at) {
    return u64{1} << ((at.value() >> chunk_shift) % chunks_per_section);
}

Page* array_of(u64 entry) {
    return pointer_to<Page>(VirtAddr(align_down(entry, page_size)));
}

} // namespace

VITAL Page* find_page(PhysAddr at) noexcept {
    Leaf* const leaf = leaf_of(at);
    if (leaf == nullptr) [[unlikely]]
        return nullptr;
    u64 const entry = entry_of(*leaf, at).load(std::memory_order_acquire);
    if ((entry & ready_bit(at)) == 0) [[unlikely]]
        return nullptr;
    return array_of(entry) + at.page_number() % section_pages;
}

VITAL Page& page_of(PhysAddr at) noexcept {
    Page* const page = find_page(at);
    ensure(page != nullptr, "no page descriptor for this address");
    return *page;
}

namespace sections {

VITAL bool chunk_ready(PhysAddr chunk) noexcept {
    return find_page(chunk) != nullptr;
}

VITAL bool needs_leaf(PhysAddr chunk) noexcept {
    return leaf_of(chunk) == nullptr;
}

VITAL bool needs_array(PhysAddr chunk) noexcept {
    Leaf* const leaf = leaf_of(chunk);
    return leaf == nullptr || entry_of(*leaf, chunk).load() == 0;
}

VITAL void add_leaf(PhysAddr chunk, PhysAddr page) noexcept {
    auto* const memory = pointer_to<std::byte>(arch::direct_map(page));
    zero_bytes({memory, page_size});
    directory[chunk.value() >> section_shift >> 9].store(new (memory) Leaf);
}

VITAL void add_array(PhysAddr chunk, PhysAddr pages) noexcept {
    entry_of(*leaf_of(chunk), chunk).store(arch::direct_map(pages).value());
}

VITAL void make_ready(PhysAddr chunk) noexcept {
    Entry& entry = entry_of(*leaf_of(chunk), chunk);
    Page* const first = array_of(entry.load()) + chunk.page_number() % section_pages;
    // Safe because zero bytes are a Page in State::absent.
    zero_bytes({reinterpret_cast<std::byte*>(first), chunk_pages * sizeof(Page)});
    entry.fetch_or(ready_bit(chunk), std::memory_order_release);
}

void reset() noexcept {
    for (auto& leaf : directory)
        leaf.store(nullptr);
}

} // namespace sections
} // namespace mem
