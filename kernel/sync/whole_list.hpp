// A list that is whole after every single store: what is left of it by a bug can be put right.
#pragma once

namespace ksync {

template <class T>
struct WholeLinks {
    T* next = nullptr;
    T** link = nullptr; ///< the pointer that points here; nullptr while in no list
};

/// Following `next` from the first element always gets to every element: each change of that is one
/// store. The way back and the end may be stale after a bug, until repair(). `Traits` gives
/// `links(T&)`.
template <class T, class Traits>
class WholeList {
public:
    constexpr WholeList() = default;
    WholeList(WholeList const&) = delete;
    WholeList& operator=(WholeList const&) = delete;

    T* first() const { return first_; }

    static T* next(T& item) { return Traits::links(item).next; }

    /// As the last one. Does nothing when it is in the list.
    void add(T& item) {
        auto& links = Traits::links(item);
        if (links.link != nullptr)
            return;
        links.next = nullptr;
        T** const end = end_ != nullptr ? end_ : &first_;
        *end = &item;
        end_ = &links.next;
        links.link = end;
    }

    /// Does nothing, and returns false, when it is in no list.
    bool remove(T& item) {
        auto& links = Traits::links(item);
        bool const is_in = links.link != nullptr && *links.link == &item; // else out before a bug
        if (is_in) {
            *links.link = links.next;
            if (links.next != nullptr)
                Traits::links(*links.next).link = links.link;
            else
                end_ = links.link;
        }
        links.link = nullptr;
        return is_in;
    }

    /// After a bug in add() or remove(), before anything else: either is then done or not begun,
    /// and may be called again. Returns how many there are.
    unsigned repair() {
        unsigned count = 0;
        T** link = &first_;
        for (; *link != nullptr; link = &Traits::links(**link).next) {
            Traits::links(**link).link = link;
            ++count;
        }
        end_ = link;
        return count;
    }

private:
    T* first_ = nullptr;
    T** end_ = nullptr; ///< where the next is linked; nullptr: at the first
};

} // namespace ksync
