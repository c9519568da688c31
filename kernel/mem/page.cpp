// Fills the two-level directory of sections that finds page descriptors.
#include "kernel/mem/page.hpp"

#include "kernel/arch/api/page_table.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

#include <new>

namespace mem {
namespace sections {

constinit Atomic<Leaf*> directory[directory_entries];

bool chunk_ready(PhysAddr chunk) {
    return find_page(chunk) != nullptr;
}

bool needs_leaf(PhysAddr chunk) {
    return leaf_of(chunk) == nullptr;
}

Leaf* make_leaf(PhysAddr page) {
    auto* const memory = pointer_to<std::byte>(arch::direct_map(page));
    zero_bytes({memory, page_size});
    return new (memory) Leaf;
}

void clear_descriptors(PhysAddr chunk) {
    Entry const& entry = entry_of(*leaf_of(chunk), chunk);
    Page* const first = array_of(entry.load()) + chunk.page_number() % section_pages;
    // Safe because zero bytes are a Page in State::absent.
    zero_bytes({reinterpret_cast<std::byte*>(first), chunk_pages * sizeof(Page)});
}

void reset() noexcept {
    for (auto& leaf : directory)
        leaf.store(nullptr);
}

} // namespace sections
} // namespace mem
