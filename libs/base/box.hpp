// Box<T>: sole ownership of a heap object; make() throws std::bad_alloc, try_make() returns an
// error.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/result.hpp"

#include <new>
#include <type_traits>
#include <utility>

template <class T>
class Box {
public:
    constexpr Box() = default;

    constexpr Box(std::nullptr_t) {}

    /// Takes ownership of what owned::make() or `new` returned.
    constexpr explicit Box(T* owned) : object_(owned) {}

    constexpr Box(Box&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}

    template <class U>
        requires std::is_convertible_v<U*, T*>
    constexpr Box(Box<U>&& other) noexcept : object_(other.release()) {}

    constexpr Box& operator=(Box&& other) noexcept {
        Box(std::move(other)).swap(*this);
        return *this;
    }

    constexpr ~Box() { owned::end(object_); }

    constexpr T& operator*() const { return *operator->(); }

    constexpr T* operator->() const {
        if (object_ == nullptr) [[unlikely]]
            owned::found_empty(const_cast<T*&>(object_), "empty Box");
        return object_;
    }

    constexpr T* raw() const { return object_; }

    constexpr explicit operator bool() const { return object_ != nullptr; }

    [[nodiscard]] constexpr T* release() { return std::exchange(object_, nullptr); }

    constexpr void swap(Box& other) noexcept { std::swap(object_, other.object_); }

private:
    T* object_ = nullptr;
};

template <class T, class... Arguments>
Box<T> make(Arguments&&... arguments) {
    return Box<T>(owned::make<T>(std::forward<Arguments>(arguments)...));
}

template <class T, class... Arguments>
Result<Box<T>> try_make(Arguments&&... arguments) {
    T* const object = owned::try_make<T>(std::forward<Arguments>(arguments)...);
    if (object == nullptr)
        return fail(Errno::enomem);
    return Box<T>(object);
}
