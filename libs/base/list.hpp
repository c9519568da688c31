// List<T>: a doubly linked list through a hook inside T; linking never allocates.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

/// A member of T for each list it may be in. T must not move while linked.
template <class T>
struct ListHook {
    T* previous = nullptr;
    T* next = nullptr;
    bool linked = false;
};

/// `List<Process, &Process::as_child> children;` Owns nothing. Not locked.
template <class T, ListHook<T> T::* hook>
class List {
public:
    constexpr List() noexcept(false) = default;
    List(List const&) = delete;
    List& operator=(List const&) = delete;

    T* first() const { return first_; }

    T* last() const { return last_; }

    bool empty() const { return first_ == nullptr; }

    usize size() const { return size_; }

    static T* next(T& item) { return (item.*hook).next; }

    void push_back(T& item) {
        auto& link = item.*hook;
        ensure(!link.linked, "already in a list");
        link = {last_, nullptr, true};
        (last_ != nullptr ? (last_->*hook).next : first_) = &item;
        last_ = &item;
        ++size_;
    }

    void erase(T& item) {
        auto& link = item.*hook;
        ensure(link.linked, "not in a list");
        (link.previous != nullptr ? (link.previous->*hook).next : first_) = link.next;
        (link.next != nullptr ? (link.next->*hook).previous : last_) = link.previous;
        link = {};
        --size_;
    }

    static bool is_linked(T const& item) { return (item.*hook).linked; }

    T* pop_front() {
        T* const item = first_;
        if (item != nullptr)
            erase(*item);
        return item;
    }

    class Iterator {
    public:
        explicit Iterator(T* at) : at_(at) {}

        T& operator*() const { return *at_; }

        Iterator& operator++() {
            at_ = (at_->*hook).next;
            return *this;
        }

        friend bool operator==(Iterator, Iterator) = default;

    private:
        T* at_;
    };

    Iterator begin() const { return Iterator(first_); }

    Iterator end() const { return Iterator(nullptr); }

private:
    T* first_ = nullptr;
    T* last_ = nullptr;
    usize size_ = 0;
};
