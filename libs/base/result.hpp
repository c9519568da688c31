// Expected errors: Error, Result<T>, fail() and TRY().
#pragma once

#include "abi/errno.hpp"
#include "libs/base/types.hpp"

#include <expected>
#include <source_location>
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

/// A T or an Error. A class of its own only so that ignoring one warns.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
    constexpr Result() = default;
};

/// `return fail(Errno::ebadf);`
[[nodiscard]] constexpr std::unexpected<Error>
fail(Errno code, std::source_location where = std::source_location::current()) {
    return std::unexpected<Error>(Error(code, where));
}

namespace detail {

template <class T>
constexpr T take(std::expected<T, Error>& result) {
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
