// Names of files in trees, and removing.
#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/tree/tree.hpp"

namespace tree {

String join(std::string_view directory, std::string_view name) {
    return format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", name);
}

std::string_view base_name(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    auto const slash = path.rfind('/');
    return slash == path.npos || path.size() == 1 ? path : path.substr(slash + 1);
}

String destination(std::string_view source, std::string_view target) {
    auto const there = os::status(target);
    if (there && there->type == os::FileType::directory)
        return join(target, base_name(source));
    return target;
}

void remove(std::string_view path, bool verbose) {
    auto const status = os::status(path, os::Links::not_follow);
    if (!status)
        return complain(path, status.error());
    bool const directory = status->type == os::FileType::directory;
    if (directory) {
        auto const names = os::list_directory(path);
        if (!names)
            return complain(path, names.error());
        for (auto const& name : *names)
            remove(join(path, name), verbose);
    }
    auto const removed = directory ? os::remove_directory(path) : os::remove(path);
    if (!removed)
        complain(path, removed.error());
    else if (verbose)
        os::print("removed {}\n", path);
}

} // namespace tree
