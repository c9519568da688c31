// Directories: their entries, one after the other.
#pragma once

#include "libs/base/box.hpp"
#include "libs/base/vector.hpp"
#include "user/os/file.hpp"

#include <optional>

namespace os {

struct DirectoryEntry {
    std::string_view name; ///< until the next one is asked for
    FileType type;         ///< unknown where the file system does not say
    u64 inode;
};

/// An open directory. Entries come in no order; "." and ".." are left out.
class Directory {
public:
    static Result<Directory> open(std::string_view path);

    Fd fd() const noexcept { return file_.fd(); }

    /// Nothing after the last.
    Result<std::optional<DirectoryEntry>> next();

private:
    struct Buffer {
        alignas(8) char bytes[4096];
    };

    File file_;
    usize next_ = 0;
    usize end_ = 0;
    Box<Buffer> buffer_;
};

/// The names, sorted by their bytes.
Result<Vector<String>> list_directory(std::string_view path);

} // namespace os
