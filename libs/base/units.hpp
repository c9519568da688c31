// Quantities that must not be mixed up: time.
#pragma once

#include "libs/base/types.hpp"

#include <compare>

/// A duration, or a point on the monotonic clock, in nanoseconds. Signed: differences may be
/// negative. What is beyond 292 years stops there.
class Nanoseconds {
public:
    constexpr Nanoseconds() noexcept(false) = default;

    constexpr explicit Nanoseconds(i64 count) : count_(count) {}

    static constexpr Nanoseconds seconds(i64 count) { return times(count, 1'000'000'000); }

    static constexpr Nanoseconds milliseconds(i64 count) { return times(count, 1'000'000); }

    static constexpr Nanoseconds never() { return Nanoseconds(INT64_MAX); }

    constexpr i64 count() const { return count_; }

    friend constexpr auto operator<=>(Nanoseconds, Nanoseconds) noexcept(false) = default;
    friend constexpr bool operator==(Nanoseconds, Nanoseconds) noexcept(false) = default;

    friend constexpr Nanoseconds operator+(Nanoseconds a, Nanoseconds b) {
        i64 sum = 0;
        if (__builtin_add_overflow(a.count_, b.count_, &sum))
            return limit(a.count_);
        return Nanoseconds(sum);
    }

    friend constexpr Nanoseconds operator-(Nanoseconds a, Nanoseconds b) {
        i64 difference = 0;
        if (__builtin_sub_overflow(a.count_, b.count_, &difference))
            return limit(a.count_);
        return Nanoseconds(difference);
    }

    constexpr Nanoseconds& operator+=(Nanoseconds other) { return *this = *this + other; }

    constexpr Nanoseconds& operator-=(Nanoseconds other) { return *this = *this - other; }

private:
    static constexpr Nanoseconds limit(i64 sign) {
        return Nanoseconds(sign > 0 ? INT64_MAX : INT64_MIN);
    }

    static constexpr Nanoseconds times(i64 count, i64 unit) {
        i64 product = 0;
        if (__builtin_mul_overflow(count, unit, &product))
            return limit(count);
        return Nanoseconds(product);
    }

    i64 count_ = 0;
};
