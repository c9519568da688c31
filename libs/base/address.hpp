// Addresses that know which space they belong to and never convert into each other by themselves.
#pragma once

#include "libs/base/types.hpp"

#include <compare>

/// A byte address in `Space`. Arithmetic wraps like the hardware's; checks belong to the caller.
template <class Space>
class Address {
public:
    constexpr Address() noexcept(false) = default;

    constexpr explicit Address(u64 value) : value_(value) {}

    constexpr u64 value() const { return value_; }

    constexpr u64 page_number() const { return value_ >> page_shift; }

    constexpr u64 page_offset() const { return value_ & (page_size - 1); }

    constexpr bool is_page_aligned() const { return page_offset() == 0; }

    constexpr Address page_down() const { return Address(align_down(value_, page_size)); }

    constexpr Address page_up() const { return Address(align_up(value_, page_size)); }

    friend constexpr auto operator<=>(Address, Address) noexcept(false) = default;
    friend constexpr bool operator==(Address, Address) noexcept(false) = default;

    friend constexpr Address operator+(Address at, u64 bytes) { return Address(at.value_ + bytes); }

    friend constexpr Address operator-(Address at, u64 bytes) { return Address(at.value_ - bytes); }

    friend constexpr u64 operator-(Address end, Address start) { return end.value_ - start.value_; }

    constexpr Address& operator+=(u64 bytes) {
        value_ += bytes;
        return *this;
    }

private:
    u64 value_ = 0;
};

using PhysAddr = Address<struct PhysicalSpace>; ///< what the bus sees
using VirtAddr = Address<struct KernelSpace>;   ///< kernel half of the virtual space
using UserAddr = Address<struct UserSpace>;     ///< user half; only arch's user copy may follow one

template <class T>
VirtAddr address_of(T const* pointer) {
    // Safe because the number is only compared or mapped, never followed as another type.
    return VirtAddr(reinterpret_cast<u64>(pointer));
}

/// `T` must be what lives at `at`; the caller owns that claim.
template <class T>
T* pointer_to(VirtAddr at) {
    // Safe because callers hold a mapping for `at` and state the type that lives there.
    return reinterpret_cast<T*>(at.value());
}
