// CHECK(): for programs that test the library; says where it does not hold, and the program fails.
#pragma once

#include "user/os/environment.hpp"

#include <source_location>

namespace test {

inline int checks = 0;
inline int failures = 0;

inline void check(bool holds, char const* what,
                  std::source_location where = std::source_location::current()) {
    ++checks;
    if (holds)
        return;
    ++failures;
    os::print("{}:{}: {}\n", where.file_name(), where.line(), what);
}

/// The value of what must not fail.
template <class T>
T value(Result<T>&& result, std::source_location where = std::source_location::current()) {
    if (!result) {
        os::print("{}:{}: {}\n", where.file_name(), where.line(), result.error());
        os::exit(1);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

template <class T>
bool fails(Result<T> const& result, Errno code) {
    return !result && result.error() == code;
}

/// For the end of main().
inline int verdict() {
    if (failures == 0 && checks != 0)
        os::print("all checks passed\n");
    return failures == 0 && checks != 0 ? 0 : 1;
}

} // namespace test

#define CHECK(...) ::test::check((__VA_ARGS__), #__VA_ARGS__)
