// PageTree: page index -> Frame as a radix tree, sparse and of any size.
#include "kernel/vfs/page_tree.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/scope.hpp"

#include <algorithm>
#include <new>

namespace vfs {

/// Slots of a leaf hold frame addresses, those of inner nodes child pointers.
struct PageTree::Node {
    union Slot {
        Node* child;
        u64 frame;
    };

    explicit Node(u32 height) : level(height) {}

    std::array<Slot, fan_out> slots{};
    u32 used = 0;
    u32 const level; ///< 0: a leaf
};

namespace {

constexpr u64 saturating_add(u64 a, u64 b) {
    return a + b < a ? UINT64_MAX : a + b;
}

} // namespace

PageTree::~PageTree() {
    if (Node* const root = owned::again([this] { return root_; }))
        destroy(root);
}

void PageTree::destroy(Node* node) noexcept {
    insist([node] {
        for (Node::Slot& slot : node->slots) {
            if (slot.frame == 0)
                continue;
            if (node->level == 0)
                mem::Frame::adopt(PhysAddr(owned::exchange(slot.frame, 0)));
            else
                destroy(owned::exchange(slot.child, nullptr));
        }
    });
    delete node;
}

u64 PageTree::recount() {
    return root_ == nullptr ? 0 : recount_below(*root_);
}

u64 PageTree::recount_below(Node& node) {
    u64 frames = 0;
    u32 used = 0;
    for (Node::Slot const slot : node.slots) {
        if (slot.frame == 0)
            continue;
        ++used;
        frames += node.level == 0 ? 1 : recount_below(*slot.child);
    }
    node.used = used;
    return frames;
}

/// Of a tree with a root.
u64 PageTree::capacity() const {
    u32 const all_bits = bits * (root_->level + 1);
    return all_bits >= 64 ? UINT64_MAX : u64{1} << all_bits;
}

mem::Frame PageTree::find(u64 index) const {
    if (root_ == nullptr || (index >= capacity() && capacity() != UINT64_MAX))
        return {};
    Node const* node = root_;
    for (u32 level = root_->level; level != 0; --level) {
        node = node->slots[(index >> (bits * level)) % fan_out].child;
        if (node == nullptr)
            return {};
    }
    u64 const frame = node->slots[index % fan_out].frame;
    return frame == 0 ? mem::Frame() : mem::Frame::share(PhysAddr(frame));
}

void PageTree::insert(u64 index, mem::Frame frame) {
    while (root_ == nullptr || (capacity() != UINT64_MAX && index >= capacity())) {
        auto top = make<Node>(root_ == nullptr ? 0 : root_->level + 1);
        if (root_ != nullptr) {
            top->slots[0].child = root_;
            top->used = 1;
        }
        root_ = top.raw();
        static_cast<void>(top.release());
    }
    // An inner node left empty by a failed allocation further down is harmless.
    Node* node = root_;
    for (u32 level = root_->level; level != 0; --level) {
        Node::Slot& slot = node->slots[(index >> (bits * level)) % fan_out];
        if (slot.child == nullptr) {
            auto child = make<Node>(level - 1);
            slot.child = child.raw();
            static_cast<void>(child.release());
            ++node->used;
        }
        node = slot.child;
    }
    Node::Slot& slot = node->slots[index % fan_out];
    ensure(slot.frame == 0, "page tree slot taken");
    slot.frame = frame.address().value();
    static_cast<void>(owned::again([&] { return std::move(frame).leak(); })); // or two had it
    ++node->used;
}

mem::Frame PageTree::remove(u64 index) {
    mem::Frame found = find(index);
    if (found)
        remove_range(index, index + 1);
    return found;
}

u64 PageTree::remove_range(u64 first, u64 end) {
    if (root_ == nullptr || first >= end)
        return 0;
    u64 const removed = remove_below(*root_, 0, first, end);
    if (root_->used == 0)
        delete owned::exchange(root_, nullptr);
    return removed;
}

u64 PageTree::remove_below(Node& node, u64 base, u64 first, u64 end) {
    u64 const span = u64{1} << (bits * node.level); ///< pages per slot
    u64 removed = 0;
    usize const start = first <= base ? 0 : std::min<u64>((first - base) / span, fan_out);
    for (usize i = start; i < fan_out && node.used != 0; ++i) {
        u64 const slot_base = saturating_add(base, i * span);
        if (slot_base >= end)
            break;
        Node::Slot& slot = node.slots[i];
        if (node.level == 0) {
            if (slot.frame == 0)
                continue;
            mem::Frame::adopt(PhysAddr(owned::exchange(slot.frame, 0)));
            --node.used;
            ++removed;
        } else if (slot.child != nullptr) {
            removed += remove_below(*slot.child, slot_base, first, end);
            if (slot.child->used == 0) {
                delete owned::exchange(slot.child, nullptr);
                --node.used;
            }
        }
    }
    return removed;
}

std::optional<u64> PageTree::next_present(u64 from) const {
    if (root_ == nullptr)
        return std::nullopt;
    return next_below(*root_, 0, from);
}

std::optional<u64> PageTree::next_below(Node const& node, u64 base, u64 from) {
    u64 const span = u64{1} << (bits * node.level);
    usize const start = from <= base ? 0 : std::min<u64>((from - base) / span, fan_out);
    for (usize i = start; i < fan_out; ++i) {
        Node::Slot const slot = node.slots[i];
        u64 const slot_base = base + i * span;
        if (node.level == 0) {
            if (slot.frame != 0)
                return slot_base;
        } else if (slot.child != nullptr) {
            if (auto const found = next_below(*slot.child, slot_base, from))
                return found;
        }
    }
    return std::nullopt;
}

u64 PageTree::next_absent(u64 from) const {
    while (from != UINT64_MAX && find(from))
        ++from;
    return from;
}

} // namespace vfs
