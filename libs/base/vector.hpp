// Vector<T>: a growing array whose index is checked and whose growth throws std::bad_alloc.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/slice.hpp"
#include "libs/base/types.hpp"

#include <initializer_list>
#include <new>
#include <type_traits>
#include <utility>

/// A Vector's words, whatever its elements are. Each function changes all of them or, if a bug
/// ends it, none.
class VectorWords {
protected:
    constexpr VectorWords() noexcept(false) = default;

    /// Puts larger memory in the place of the old. Elements move as the bytes that they are: an
    /// object that knows its own address cannot be in a Vector.
    void grow(usize wanted, usize element_size, std::align_val_t alignment);

    /// For one that is empty.
    void take(VectorWords& other);

    void exchange(VectorWords& other);

    void* data_ = nullptr;
    usize size_ = 0;
    usize capacity_ = 0;
};

template <class T>
class Vector : private VectorWords {
public:
    Vector() noexcept(false) = default;

    Vector(std::initializer_list<T> items) : Vector() {
        reserve(items.size());
        for (T const& item : items)
            push_back(item);
    }

    explicit Vector(usize count, T const& value = T()) : Vector() { resize(count, value); }

    Vector(Vector const& other) : Vector() {
        reserve(other.size_);
        for (T const& item : other)
            push_back(item);
    }

    Vector(Vector&& other) : VectorWords() { take(other); }

    // Two, not one that takes a value: that would move what it could copy in place.
    Vector& operator=(Vector const& other) {
        if (this != &other) {
            Vector copy(other);
            swap(copy);
        }
        return *this;
    }

    Vector& operator=(Vector&& other) {
        Vector taken(std::move(other));
        swap(taken);
        return *this;
    }

    ~Vector() {
        T* const first = owned::again([this] { return data(); });
        if constexpr (!std::is_trivially_destructible_v<T>)
            owned::destroy(first, first + owned::again([this] { return size_; }));
        ::operator delete(first, std::align_val_t(alignof(T)));
    }

    usize size() const { return size_; }

    bool empty() const { return size_ == 0; }

    usize capacity() const { return capacity_; }

    T* data() { return static_cast<T*>(data_); }

    T const* data() const { return static_cast<T const*>(data_); }

    T* begin() { return data(); }

    T* end() { return data() + size_; }

    T const* begin() const { return data(); }

    T const* end() const { return data() + size_; }

    T& operator[](usize index) { return Slice<T>(data(), size_)[index]; }

    T const& operator[](usize index) const { return Slice<T const>(data(), size_)[index]; }

    T& front() { return (*this)[0]; }

    T& back() { return (*this)[size_ - 1]; }

    T const& back() const { return (*this)[size_ - 1]; }

    operator Slice<T>() { return {data(), size_}; }

    operator Slice<T const>() const { return {data(), size_}; }

    void reserve(usize wanted) {
        if (wanted > capacity_)
            grow(wanted, sizeof(T), std::align_val_t(alignof(T)));
    }

    template <class... Arguments>
    T& emplace_back(Arguments&&... arguments) {
        if (size_ == capacity_) {
            T item(std::forward<Arguments>(arguments)...); // an argument may live in this vector
            reserve(size_ < 4 ? 4 : size_ + 1);
            return append(std::move(item));
        }
        return append(std::forward<Arguments>(arguments)...);
    }

    T& push_back(T item) { return emplace_back(std::move(item)); }

    void pop_back() {
        ensure(size_ != 0, "pop_back of an empty Vector");
        truncate(size_ - 1);
    }

    void insert(usize index, T item) {
        ensure(index <= size_, "insert index out of range");
        push_back(std::move(item));
        for (usize at = size_ - 1; at > index; --at)
            std::swap(begin()[at - 1], begin()[at]);
    }

    void erase(usize index) {
        ensure(index < size_, "erase index out of range");
        std::move(begin() + index + 1, end(), begin() + index);
        pop_back();
    }

    void resize(usize count, T const& value = T()) {
        if (count < size_)
            truncate(count);
        reserve(count);
        while (size_ < count)
            append(value);
    }

    void clear() { truncate(0); }

    void swap(Vector& other) { exchange(other); }

private:
    /// There is room.
    template <class... Arguments>
    T& append(Arguments&&... arguments) {
        T* const item = ::new (end()) T(std::forward<Arguments>(arguments)...);
        owned::again([this] { ++size_; }); // whom else would the item belong to
        return *item;
    }

    void truncate(usize count) {
        T* const first = data() + count;
        T* const old_end = end();
        size_ = count;
        owned::destroy(first, old_end);
    }
};
