// A set of enum bits that knows which bits are valid.
#pragma once

#include "libs/base/types.hpp"

#include <type_traits>
#include <utility>

/// Specialise for each flag enum: `template <> inline constexpr u64 valid_flags<Open> = ...;`
template <class E>
inline constexpr u64 valid_flags = ~u64{0};

template <class E>
class Flags {
public:
    using Bits = std::underlying_type_t<E>;

    constexpr Flags() noexcept(false) = default;

    constexpr Flags(E one) : bits_(std::to_underlying(one)) {}

    static constexpr Flags from_bits(Bits bits) {
        Flags flags;
        flags.bits_ = bits;
        return flags;
    }

    constexpr Bits bits() const { return bits_; }

    constexpr bool has(E one) const {
        return (bits_ & std::to_underlying(one)) == std::to_underlying(one);
    }

    constexpr bool any(Flags of) const { return (bits_ & of.bits_) != 0; }

    constexpr bool none() const { return bits_ == 0; }

    /// Whether no bit outside the valid mask is set.
    constexpr bool valid() const { return (static_cast<u64>(bits_) & ~valid_flags<E>) == 0; }

    constexpr Flags without(Flags other) const { return from_bits(bits_ & ~other.bits_); }

    friend constexpr bool operator==(Flags, Flags) noexcept(false) = default;

    friend constexpr Flags operator|(Flags a, Flags b) { return from_bits(a.bits_ | b.bits_); }

    friend constexpr Flags operator&(Flags a, Flags b) { return from_bits(a.bits_ & b.bits_); }

    constexpr Flags& operator|=(Flags other) { return *this = *this | other; }

private:
    Bits bits_ = 0;
};
