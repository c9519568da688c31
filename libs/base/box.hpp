// Box<T>: sole ownership of a heap object; make() throws std::bad_alloc, try_make() returns an
// error.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/result.hpp"

#include <new>
#include <type_traits>
#include <utility>

/// Moves are as those of Ref.
template <class T>
class Box {
public:
    constexpr Box() noexcept(false) = default;

    constexpr Box(std::nullptr_t) {}

    /// Takes ownership of what owned::make() or `new` returned.
    constexpr explicit Box(T* object) { owned::give(object_, object, owned::end<T>); }

    constexpr Box(Box&& other) : object_(other.object_) {
        owned::in_order();
        other.object_ = nullptr;
    }

    template <class U>
        requires std::is_convertible_v<U*, T*>
    constexpr Box(Box<U>&& other) : object_(other.raw()) {
        owned::in_order();
        static_cast<void>(other.release());
    }

    constexpr Box& operator=(Box&& other) {
        Box taken(std::move(other));
        owned::swap(object_, taken.object_);
        return *this;
    }

    [[gnu::always_inline]] constexpr ~Box() {
        owned::end(owned::again([this] { return object_; }));
    }

    constexpr T& operator*() const { return *operator->(); }

    constexpr T* operator->() const {
        T* const object = owned::to_check(object_);
        if (object == nullptr) [[unlikely]]
            panic("empty Box");
        return object;
    }

    constexpr T* raw() const { return object_; }

    constexpr explicit operator bool() const { return object_ != nullptr; }

    [[nodiscard]] constexpr T* release() { return owned::exchange(object_, nullptr); }

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
