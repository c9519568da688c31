// PageTree: page index -> Frame as a radix tree, sparse and of any size.
#pragma once

#include "kernel/mem/frames.hpp"
#include "libs/base/box.hpp"
#include "libs/base/function_ref.hpp"

#include <array>
#include <optional>

namespace vfs {

/// 64 slots per node; the height grows with the largest index.
class PageTree {
public:
    PageTree() = default;
    PageTree(PageTree const&) = delete;
    PageTree& operator=(PageTree const&) = delete;
    ~PageTree();

    /// Empty when absent.
    mem::Frame find(u64 index) const;
    /// The slot must be empty. Throws bad_alloc before any change.
    void insert(u64 index, mem::Frame frame);
    /// The frame that was there.
    mem::Frame remove(u64 index);
    /// Removes all with first <= index < end; returns how many there were.
    u64 remove_range(u64 first, u64 end);
    /// The first index >= `from` that is present.
    std::optional<u64> next_present(u64 from) const;
    /// The first index >= `from` that is absent.
    u64 next_absent(u64 from) const;
    /// After a bug amid a change, of which each step is one store: puts the nodes' counts right and
    /// returns the number of frames.
    u64 recount();

private:
    static constexpr unsigned bits = 6;
    static constexpr usize fan_out = usize{1} << bits;
    struct Node;

    static u64 remove_below(Node& node, u64 base, u64 first, u64 end);
    static std::optional<u64> next_below(Node const& node, u64 base, u64 from);
    static void destroy(Node* node) noexcept;
    static u64 recount_below(Node& node);
    u64 capacity() const;

    Node* root_ = nullptr;
};

} // namespace vfs
