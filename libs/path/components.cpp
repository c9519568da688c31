// Splits a path into its components, and looks at its end, as path walking needs it.
#include "libs/path/components.hpp"

namespace path {

namespace {

std::string_view without_leading_slashes(std::string_view path) {
    while (path.starts_with('/'))
        path.remove_prefix(1);
    return path;
}

} // namespace

Step next(std::string_view path) {
    path = without_leading_slashes(path);
    usize end = 0; // names are short: a loop beats a search of many bytes at a time
    while (end < path.size() && path[end] != '/')
        ++end;
    std::string_view rest = path;
    rest.remove_prefix(end);
    return {path.substr(0, end), without_leading_slashes(rest), !rest.empty()};
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
