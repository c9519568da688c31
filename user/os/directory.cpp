// Directories.
#include "user/os/directory.hpp"

#include <algorithm>
#include <cstring>

namespace os {

Result<Directory> Directory::open(std::string_view path) {
    Directory directory;
    directory.file_ = TRY(File::open(path, Open::directory));
    directory.buffer_ = Box<Buffer>(new Buffer);
    return directory;
}

Result<std::optional<DirectoryEntry>> Directory::next() {
    for (;;) {
        if (next_ == end_) {
            next_ = 0;
            end_ = TRY(checked(core::call(core::Syscall::getdents64, fd(), buffer_->bytes,
                                          sizeof buffer_->bytes)));
            if (end_ == 0)
                return std::optional<DirectoryEntry>();
        }
        uapi::dirent64_header entry;
        std::memcpy(&entry, buffer_->bytes + next_, sizeof entry);
        std::string_view const name = buffer_->bytes + next_ + uapi::dirent64_name_offset;
        next_ += entry.record_length;
        if (name != "." && name != "..")
            return std::optional(
                DirectoryEntry{name, static_cast<FileType>(entry.type), entry.inode});
    }
}

Result<Vector<String>> list_directory(std::string_view path) {
    auto directory = TRY(Directory::open(path));
    Vector<String> names;
    while (auto const entry = TRY(directory.next()))
        names.push_back(entry->name);
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace os
