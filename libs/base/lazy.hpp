// Lazy<T>: a global that is made at its first use and never destroyed, as the kernel has no exit.
#pragma once

#include "libs/base/types.hpp"

/// Zero-initialised without a constructor or destructor to run. Not locked: put it inside a Locked.
template <class T>
class Lazy {
public:
    constexpr Lazy() noexcept(false) = default;
    Lazy(Lazy const&) = delete;
    Lazy& operator=(Lazy const&) = delete;

    T* operator->() { return &**this; }

    /// Throws std::bad_alloc at the first use.
    T& operator*() {
        if (object_ == nullptr)
            object_ = new T();
        return *object_;
    }

private:
    T* object_ = nullptr;
};
