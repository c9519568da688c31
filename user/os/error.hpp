// Errors of the operating system: Result<T> and TRY of libs/base, and what they are called in
// English.
#pragma once

#include "libs/base/format.hpp"
#include "libs/base/result.hpp"
#include "user/abi/syscall.hpp"

namespace os {

/// "No such file or directory". Lives for ever; "error" for what Linux does not have.
std::string_view describe(Errno code) noexcept;

/// The kernel's answer as a Result: a value, or the error that it is.
inline Result<usize> checked(long answer,
                             std::source_location where = std::source_location::current()) {
    if (core::failed(answer)) [[unlikely]]
        return fail(static_cast<Errno>(-answer), where);
    return static_cast<usize>(answer);
}

/// The same, for calls whose value says nothing.
inline Result<void> succeeded(long answer,
                              std::source_location where = std::source_location::current()) {
    if (core::failed(answer)) [[unlikely]]
        return fail(static_cast<Errno>(-answer), where);
    return {};
}

} // namespace os

/// `print("{}", error)` prints what it is called.
inline void format_value(TextSink& sink, Error const& error, FormatSpec const&) {
    sink.write(os::describe(error.code()));
}
