// Splits a path into its components, and looks at its end, as path walking needs it.
#include "libs/path/components.hpp"

#include <algorithm>

namespace path {

namespace {

std::string_view without_leading_slashes(std::string_view path) {
    return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

} // namespace

Step next(std::string_view path) {
    path = without_leading_slashes(path);
    usize const end = std::min(path.find('/'), path.size());
    return {path.substr(0, end), without_leading_slashes(path.substr(end)), end != path.size()};
}

Split split_last(std::string_view path) {
    usize const last = path.find_last_not_of('/');
    if (last == std::string_view::npos)
        return {path, {}, !path.empty()};
    bool const trailing = last + 1 != path.size();
    path = path.substr(0, last + 1);
    usize const slash = path.rfind('/');
    usize const start = slash == std::string_view::npos ? 0 : slash + 1;
    return {path.substr(0, start), path.substr(start), trailing};
}

} // namespace path
