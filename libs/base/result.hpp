// Expected errors: Error, Result<T>, fail() and TRY().
#pragma once

#include "abi/errno.hpp"
#include "libs/base/types.hpp"

#include <expected> // and construct_at(), of which <memory> would be 45,000 lines more
#include <source_location>
#include <type_traits>
#include <utility>

using uapi::Errno;

/// An errno and the line that decided it, which tracing prints.
class Error {
public:
    constexpr Error(Errno code, std::source_location where = std::source_location::current())
        : code_(code), where_(where) {}

    constexpr Errno code() const { return code_; }

    constexpr std::source_location const& where() const { return where_; }

    friend constexpr bool operator==(Error const& error, Errno code) { return error.code_ == code; }

private:
    Errno code_;
    std::source_location where_;
};

/// A T or an Error. As std::expected, but that ignoring one warns, and that nothing of it is
/// noexcept nor trivial to copy: GCC then knows that a store into a caller's result can fail, and
/// unwinds the function that returns it. A value is entered last, so that until then it is its
/// giver's.
template <class T>
class [[nodiscard]] Result {
public:
    constexpr Result()
        requires std::is_default_constructible_v<T>
        : has_value_(true), value_() {}

    template <class U = T>
        requires(!std::is_same_v<std::remove_cvref_t<U>, Result> && std::is_constructible_v<T, U>)
    constexpr explicit(!std::is_convertible_v<U, T>) Result(U&& value)
        : has_value_(true), value_(std::forward<U>(value)) {}

    constexpr Result(std::unexpected<Error> const& failure)
        : has_value_(false), error_(failure.error()) {}

    constexpr Result(Result const& other)
        requires std::is_copy_constructible_v<T>
        : has_value_(other.has_value_) {
        if (has_value_)
            std::construct_at(&value_, other.value_);
        else
            error_ = other.error_;
    }

    constexpr Result(Result&& other) : has_value_(other.has_value_) {
        if (has_value_)
            std::construct_at(&value_, std::move(other.value_));
        else
            error_ = other.error_;
    }

    template <class U>
        requires(!std::is_same_v<U, T> && std::is_convertible_v<U &&, T>)
    constexpr Result(Result<U> other) : has_value_(other.has_value()) {
        if (has_value_)
            std::construct_at(&value_, std::move(*other));
        else
            error_ = other.error();
    }

    constexpr Result& operator=(Result other) { // NOLINT(*-value-param)
        if (has_value_) {
            has_value_ = false;
            std::destroy_at(&value_);
        }
        if (other.has_value_)
            std::construct_at(&value_, std::move(other.value_));
        else
            error_ = other.error_;
        has_value_ = other.has_value_;
        return *this;
    }

    constexpr ~Result()
        requires std::is_trivially_destructible_v<T>
    = default;

    constexpr ~Result() {
        if (has_value_)
            std::destroy_at(&value_);
    }

    constexpr explicit operator bool() const { return has_value_; }

    constexpr bool has_value() const { return has_value_; }

    constexpr T& operator*() & { return value_; }

    constexpr T const& operator*() const& { return value_; }

    constexpr T&& operator*() && { return std::move(value_); }

    constexpr T* operator->() { return &value_; }

    constexpr T const* operator->() const { return &value_; }

    constexpr Error const& error() const { return error_; }

    template <class U>
    constexpr T value_or(U&& other) const& {
        return has_value_ ? value_ : static_cast<T>(std::forward<U>(other));
    }

    template <class U>
    constexpr T value_or(U&& other) && {
        return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
    }

private:
    bool has_value_; // first, as what is entered last stands last

    union {
        T value_;
        Error error_;
    };
};

template <>
class [[nodiscard]] Result<void> {
public:
    constexpr Result() : has_value_(true), nothing_() {}

    constexpr Result(std::unexpected<Error> const& failure)
        : has_value_(false), error_(failure.error()) {}

    constexpr Result(Result const& other) : has_value_(other.has_value_) {
        if (!has_value_)
            error_ = other.error_;
    }

    constexpr Result& operator=(Result const& other) {
        has_value_ = other.has_value_;
        if (!has_value_)
            error_ = other.error_;
        return *this;
    }

    constexpr explicit operator bool() const { return has_value_; }

    constexpr bool has_value() const { return has_value_; }

    constexpr void operator*() const {}

    constexpr Error const& error() const { return error_; }

private:
    bool has_value_;

    union {
        char nothing_;
        Error error_;
    };
};

/// `return fail(Errno::ebadf);`
[[nodiscard]] constexpr std::unexpected<Error>
fail(Errno code, std::source_location where = std::source_location::current()) {
    return std::unexpected<Error>(Error(code, where));
}

namespace detail {

template <class T>
constexpr T take(Result<T>& result) {
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

} // namespace detail

/// The value of a Result expression, or return its error from the enclosing function.
/// Never inside an aggregate or array initialiser or a lambda capture: GCC 12 then leaks the
/// members already built (a check in tools/ finds such uses).
#define TRY(...)                                                                                   \
    ({                                                                                             \
        auto try_result_ = (__VA_ARGS__);                                                          \
        if (!try_result_) [[unlikely]]                                                             \
            return std::unexpected<Error>(try_result_.error());                                    \
        ::detail::take(try_result_);                                                               \
    })
