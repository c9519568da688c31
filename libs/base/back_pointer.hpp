// BackPointer<T>: a pointer to an owner, which does not own it.
#pragma once

#include "libs/base/address.hpp"

/// Kept inverted, so that a search of memory for references does not take it for one: an owner that
/// is only known to what it owns is lost (kernel/mem/census.hpp).
template <class T>
class BackPointer {
public:
    constexpr BackPointer() noexcept(false) = default;

    constexpr BackPointer(T* object) : word_(~address_of(object).value()) {}

    T* raw() const { return pointer_to<T>(VirtAddr(~word_)); }

    T* operator->() const { return raw(); }

    explicit operator bool() const { return ~word_ != 0; }

private:
    u64 word_ = ~u64{0};
};
