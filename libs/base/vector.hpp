// Vector<T>: a growing array whose index is checked and whose growth throws std::bad_alloc.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/slice.hpp"
#include "libs/base/types.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

template <class T>
class Vector {
    static_assert(std::is_nothrow_move_constructible_v<T>, "growth must not fail half-way");

public:
    Vector() = default;

    Vector(std::initializer_list<T> items) {
        reserve(items.size());
        for (T const& item : items)
            push_back(item);
    }

    explicit Vector(usize count, T const& value = T()) { resize(count, value); }

    Vector(Vector const& other) {
        reserve(other.size_);
        for (T const& item : other)
            push_back(item);
    }

    Vector(Vector&& other) noexcept { swap(other); }

    // Two, not one that takes a value: that would be noexcept, and so would be the assignment that
    // the compiler makes for whatever has a Vector inside, though it copies.
    Vector& operator=(Vector const& other) {
        if (this != &other) {
            Vector copy(other);
            swap(copy);
        }
        return *this;
    }

    Vector& operator=(Vector&& other) noexcept {
        Vector taken(std::move(other));
        swap(taken);
        return *this;
    }

    ~Vector() {
        clear();
        ::operator delete(data_, capacity_ * sizeof(T), std::align_val_t(alignof(T)));
    }

    usize size() const { return size_; }

    bool empty() const { return size_ == 0; }

    usize capacity() const { return capacity_; }

    T* data() { return data_; }

    T const* data() const { return data_; }

    T* begin() { return data_; }

    T* end() { return data_ + size_; }

    T const* begin() const { return data_; }

    T const* end() const { return data_ + size_; }

    T& operator[](usize index) { return Slice<T>(data_, size_)[index]; }

    T const& operator[](usize index) const { return Slice<T const>(data_, size_)[index]; }

    T& front() { return (*this)[0]; }

    T& back() { return (*this)[size_ - 1]; }

    T const& back() const { return (*this)[size_ - 1]; }

    operator Slice<T>() { return {data_, size_}; }

    operator Slice<T const>() const { return {data_, size_}; }

    void reserve(usize wanted) {
        if (wanted <= capacity_)
            return;
        if (wanted > SIZE_MAX / sizeof(T))
            throw_out_of_memory();
        usize const grown = std::max(wanted, capacity_ * 2);
        auto* const fresh =
            static_cast<T*>(::operator new(grown * sizeof(T), std::align_val_t(alignof(T))));
        std::uninitialized_move_n(data_, size_, fresh);
        owned::destroy(data_, data_ + size_);
        ::operator delete(data_, capacity_ * sizeof(T), std::align_val_t(alignof(T)));
        data_ = fresh;
        capacity_ = grown;
    }

    template <class... Arguments>
    T& emplace_back(Arguments&&... arguments) {
        if (size_ == capacity_) {
            T item(std::forward<Arguments>(arguments)...); // an argument may live in this vector
            reserve(std::max<usize>(size_ + 1, 4));
            return *::new (data_ + size_++) T(std::move(item));
        }
        T* const item = ::new (data_ + size_) T(std::forward<Arguments>(arguments)...);
        ++size_;
        return *item;
    }

    T& push_back(T item) { return emplace_back(std::move(item)); }

    void pop_back() {
        ensure(size_ != 0, "pop_back of an empty Vector");
        --size_;
        data_[size_].~T();
    }

    void insert(usize index, T item) {
        ensure(index <= size_, "insert index out of range");
        push_back(std::move(item));
        std::rotate(data_ + index, data_ + size_ - 1, data_ + size_);
    }

    void erase(usize index) {
        ensure(index < size_, "erase index out of range");
        std::move(data_ + index + 1, data_ + size_, data_ + index);
        pop_back();
    }

    void resize(usize count, T const& value = T()) {
        if (count < size_) {
            owned::destroy(data_ + count, data_ + size_);
        } else {
            reserve(count);
            std::uninitialized_fill_n(data_ + size_, count - size_, value);
        }
        size_ = count;
    }

    void clear() { owned::destroy(data_, data_ + std::exchange(size_, 0)); }

    void swap(Vector& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    T* data_ = nullptr;
    usize size_ = 0;
    usize capacity_ = 0;
};
