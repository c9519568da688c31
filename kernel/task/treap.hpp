// A balanced search tree whose links live in its elements and whose nodes summarise their subtrees.
#pragma once

#include "libs/base/types.hpp"

namespace task {

template <class T>
struct TreapLinks {
    T* left = nullptr;
    T* right = nullptr;
    u32 priority = 0; ///< random; a parent's is at least its children's, which keeps depth log n
};

/// `Traits` gives `links(T&)`, a strict total order `less(T const&, T const&)`, and `update(T&)`,
/// which computes an element's summary from its own value and its children's summaries.
template <class T, class Traits>
class Treap {
public:
    constexpr Treap() = default;
    Treap(Treap const&) = delete;
    Treap& operator=(Treap const&) = delete;

    T* root() const { return root_; }

    bool empty() const { return root_ == nullptr; }

    void insert(T& item) {
        random_ = random_ * 1664525 + 1013904223;
        Traits::links(item) = {.left = nullptr, .right = nullptr, .priority = random_};
        root_ = insert(root_, item);
    }

    /// `item` must be in the tree and order as when it was inserted.
    void erase(T& item) { root_ = erase(root_, item); }

    /// Forgets all elements, whatever state they are in.
    void clear() { root_ = nullptr; }

    T* first() const {
        T* at = root_;
        while (at != nullptr && Traits::links(*at).left != nullptr)
            at = Traits::links(*at).left;
        return at;
    }

    /// The last element, in order, for which `wanted` holds.
    template <class Predicate>
    T* last_where(Predicate wanted) const {
        return last_where(root_, wanted);
    }

private:
    // Not inlined into themselves and their few callers: that is ten times the code.

    [[gnu::noinline]] static T* insert(T* at, T& item) {
        if (at == nullptr || Traits::links(*at).priority < Traits::links(item).priority) {
            split(at, item, Traits::links(item).left, Traits::links(item).right);
            Traits::update(item);
            return &item;
        }
        auto& links = Traits::links(*at);
        T*& side = Traits::less(item, *at) ? links.left : links.right;
        side = insert(side, item);
        Traits::update(*at);
        return at;
    }

    /// Elements before `key` go to `low`, the others to `high`.
    [[gnu::noinline]] static void split(T* at, T const& key, T*& low, T*& high) {
        if (at == nullptr) {
            low = high = nullptr;
            return;
        }
        auto& links = Traits::links(*at);
        if (Traits::less(*at, key)) {
            split(links.right, key, links.right, high);
            low = at;
        } else {
            split(links.left, key, low, links.left);
            high = at;
        }
        Traits::update(*at);
    }

    [[gnu::noinline]] static T* merge(T* low, T* high) {
        if (low == nullptr)
            return high;
        if (high == nullptr)
            return low;
        if (Traits::links(*low).priority > Traits::links(*high).priority) {
            Traits::links(*low).right = merge(Traits::links(*low).right, high);
            Traits::update(*low);
            return low;
        }
        Traits::links(*high).left = merge(low, Traits::links(*high).left);
        Traits::update(*high);
        return high;
    }

    [[gnu::noinline]] static T* erase(T* at, T& item) {
        if (at == nullptr)
            return nullptr;
        auto& links = Traits::links(*at);
        if (at == &item)
            return merge(links.left, links.right);
        T*& side = Traits::less(item, *at) ? links.left : links.right;
        side = erase(side, item);
        Traits::update(*at);
        return at;
    }

    template <class Predicate>
    static T* last_where(T* at, Predicate& wanted) {
        if (at == nullptr)
            return nullptr;
        if (T* const later = last_where(Traits::links(*at).right, wanted))
            return later;
        return wanted(*at) ? at : last_where(Traits::links(*at).left, wanted);
    }

    T* root_ = nullptr;
    u32 random_ = 0; ///< of a linear congruential generator: priorities compare its high bits
};

} // namespace task
