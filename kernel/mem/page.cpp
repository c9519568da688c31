// Fills the two-level directory of sections that finds page descriptors.
#include "kernel/mem/page.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

#include <new>

namespace mem {
namespace sections {

constinit Atomic<Leaf*> directory[directory_entries];

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
