// Whole trees of files: removing and copying them. Both go on after what they cannot do, and
// complain about it.
#pragma once

#include "user/os/file.hpp"

namespace tree {

/// `directory` and `name` with one slash between them.
String join(std::string_view directory, std::string_view name);
/// The last component; slashes at the end do not count.
std::string_view base_name(std::string_view path);
/// Where `source` goes: into `target` if that is a directory, else to that name.
String destination(std::string_view source, std::string_view target);

/// Removes a file, or a directory with everything in it. Follows no links. `verbose` says what it
/// removes.
void remove(std::string_view path, bool verbose);

struct CopyOptions {
    bool recursive = false;     ///< directories, too; links in them as links
    bool keep = false;          ///< owner, times and all mode bits
    bool keep_existing = false; ///< what is there already stays
    bool verbose = false;
};

/// Copies a file or a directory to the name `to`. False when something of it is not there.
bool copy(std::string_view from, std::string_view to, CopyOptions const& options);

} // namespace tree
