// Slice<T>: a view of consecutive objects whose every access is checked and may unwind.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/types.hpp"

#include <span>
#include <type_traits>

template <class T>
class Slice {
public:
    constexpr Slice() noexcept(false) = default;

    constexpr Slice(T* data, usize size) : data_(data), size_(size) {}

    constexpr Slice(std::span<T> span) : data_(span.data()), size_(span.size()) {}

    template <usize n>
    constexpr Slice(T (&array)[n]) : data_(array), size_(n) {}

    constexpr operator Slice<T const>() const
        requires(!std::is_const_v<T>)
    {
        return {data_, size_};
    }

    constexpr T* data() const { return data_; }

    constexpr usize size() const { return size_; }

    constexpr bool empty() const { return size_ == 0; }

    constexpr T& operator[](usize index) const {
        ensure(index < size_, "slice index out of range");
        return data_[index];
    }

    constexpr T* begin() const { return data_; }

    constexpr T* end() const { return data_ + size_; }

    constexpr Slice first(usize count) const {
        ensure(count <= size_, "slice prefix too long");
        return {data_, count};
    }

    constexpr Slice from(usize start) const {
        ensure(start <= size_, "slice suffix out of range");
        return {data_ + start, size_ - start};
    }

    constexpr operator std::span<T>() const { return {data_, size_}; }

private:
    T* data_ = nullptr;
    usize size_ = 0;
};
