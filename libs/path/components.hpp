// Splits a path into its components, and looks at its end, as path walking needs it.
#pragma once

#include "libs/base/types.hpp"

#include <string_view>

namespace path {

constexpr bool is_absolute(std::string_view path) {
    return path.starts_with('/');
}

/// One step of a walk: the next component and what follows it.
struct Step {
    std::string_view name; ///< empty: nothing but slashes was left
    std::string_view rest; ///< without leading slashes
    bool slash_follows = false;

    bool is_last() const { return rest.empty(); }
};

/// `path` may start with slashes, which are skipped.
Step next(std::string_view path);

constexpr bool is_dot(std::string_view name) {
    return name == ".";
}

constexpr bool is_dot_dot(std::string_view name) {
    return name == "..";
}

/// The longest prefix whose last component the whole path ends in: "/a/b//" -> "/a/", "b", slash.
struct Split {
    std::string_view directory; ///< with its last slash; empty when there is none
    std::string_view name;      ///< empty for "/" and ""
    bool trailing_slash = false;
};

Split split_last(std::string_view path);

} // namespace path
