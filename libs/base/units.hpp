// Quantities that must not be mixed up: time.
#pragma once

#include "libs/base/types.hpp"

#include <compare>

/// A duration, or a point on the monotonic clock, in nanoseconds. Signed: differences may be
/// negative.
class Nanoseconds {
public:
    constexpr Nanoseconds() = default;

    constexpr explicit Nanoseconds(i64 count) : count_(count) {}

    static constexpr Nanoseconds seconds(i64 count) { return Nanoseconds(count * 1'000'000'000); }

    static constexpr Nanoseconds milliseconds(i64 count) { return Nanoseconds(count * 1'000'000); }

    static constexpr Nanoseconds never() { return Nanoseconds(INT64_MAX); }

    constexpr i64 count() const { return count_; }

    friend constexpr auto operator<=>(Nanoseconds, Nanoseconds) = default;

    friend constexpr Nanoseconds operator+(Nanoseconds a, Nanoseconds b) {
        i64 sum = 0;
        if (__builtin_add_overflow(a.count_, b.count_, &sum))
            return a.count_ > 0 ? never() : Nanoseconds(INT64_MIN);
        return Nanoseconds(sum);
    }

    friend constexpr Nanoseconds operator-(Nanoseconds a, Nanoseconds b) {
        return Nanoseconds(a.count_ - b.count_);
    }

    constexpr Nanoseconds& operator+=(Nanoseconds other) { return *this = *this + other; }

    constexpr Nanoseconds& operator-=(Nanoseconds other) { return *this = *this - other; }

private:
    i64 count_ = 0;
};
